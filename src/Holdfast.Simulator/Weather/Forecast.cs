namespace Holdfast.Simulator.Weather;

/// <summary>
/// How bad the weather is: how likely each trouble, from 0 to 1. All off by default. What strikes is drawn by seeded
/// chance, so that the same calls meet the same weather.
/// </summary>
public sealed record Forecast
{
    /// <summary>Nothing goes wrong.</summary>
    public static Forecast Calm { get; } = new();

    /// <summary>A bad day as every account sees it.</summary>
    public static Forecast Mild { get; } = new()
    {
        Duplicate = 0.03,
        Reorder = 0.10,
        Delay = 0.01,
        Drop = 0.002,
        Corrupt = 0.002,
        TwoIds = 0.005,
        StaleReads = 0.01,
        RateLimited = 0.005,
        LockTimeouts = 0.005,
        FailuresBefore = 0.002,
        FailuresAfter = 0.002,
        LostAnswers = 0.002,
        Resets = 0.002,
        Slow = 0.005,
    };

    /// <summary>Worse than any account has seen: nothing may depend on luck here.</summary>
    public static Forecast Rough { get; } = new()
    {
        Duplicate = 0.20,
        Reorder = 0.40,
        Delay = 0.10,
        Drop = 0.03,
        Corrupt = 0.03,
        TwoIds = 0.05,
        StaleReads = 0.10,
        RateLimited = 0.05,
        LockTimeouts = 0.05,
        FailuresBefore = 0.03,
        FailuresAfter = 0.03,
        LostAnswers = 0.02,
        Resets = 0.03,
        Slow = 0.02,
        ApiOutages = 0.3,
        DeliveryOutages = 0.3,
    };

    /// <summary>Of a delivery: it comes twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>Of a delivery: it comes up to a minute late, so that later ones overtake it.</summary>
    public double Reorder { get; init; }

    /// <summary>Of a delivery: it comes up to <see cref="LongestDelay"/> late.</summary>
    public double Delay { get; init; }

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromHours(3);

    /// <summary>Of a delivery: it never comes by itself, and Stripe counts it as not delivered.</summary>
    public double Drop { get; init; }

    /// <summary>Of a delivery: it comes with a byte changed, so that the signature is wrong.</summary>
    public double Corrupt { get; init; }

    /// <summary>Of a fact: it is told twice, as two events with ids of their own.</summary>
    public double TwoIds { get; init; }

    /// <summary>Of a GET: it shows objects as they were before a change of the last <see cref="StaleFor"/>.</summary>
    public double StaleReads { get; init; }

    public TimeSpan StaleFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of a request: 429 for going too fast.</summary>
    public double RateLimited { get; init; }

    /// <summary>Of a request that writes: 429 as something else holds the object.</summary>
    public double LockTimeouts { get; init; }

    /// <summary>Of a request: 500, and nothing was done.</summary>
    public double FailuresBefore { get; init; }

    /// <summary>Of a request: 500, and yet all was done.</summary>
    public double FailuresAfter { get; init; }

    /// <summary>Of a request: all was done, the connection is held for <see cref="HeldFor"/>, and no answer comes.</summary>
    public double LostAnswers { get; init; }

    public TimeSpan HeldFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of a request: the connection breaks, before or after it was done.</summary>
    public double Resets { get; init; }

    /// <summary>Of a request: it takes <see cref="SlowFor"/> before it is done.</summary>
    public double Slow { get; init; }

    public TimeSpan SlowFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of a day: the API is away for a while, up to <see cref="LongestOutage"/>.</summary>
    public double ApiOutages { get; init; }

    /// <summary>Of a day: no delivery gets through for a while.</summary>
    public double DeliveryOutages { get; init; }

    public TimeSpan LongestOutage { get; init; } = TimeSpan.FromHours(1);

    /// <summary>More in one second of the world's time are answered with 429; 0 lets all through.</summary>
    public int RequestsPerSecond { get; init; }

    /// <returns>Null when there is no preset of this name.</returns>
    public static Forecast? Named(string preset) => preset switch
    {
        "calm" => Calm,
        "mild" => Mild,
        "rough" => Rough,
        _ => null,
    };
}
