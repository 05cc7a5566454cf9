using Holdfast.Simulator.Weather;

namespace Holdfast.Tests.Truth;

/// <summary>The weather of one month. Each seed has its own, and every tenth of them the same kind.</summary>
internal sealed record Climate(string Name, Forecast Forecast)
{
    public bool IsMild => Name is "mild";

    /// <summary>Some events never come by themselves.</summary>
    public bool LosesEvents => Forecast is { Drop: > 0 } or { Corrupt: > 0 } or { DeliveryOutages: > 0 };

    public static Climate Of(int seed)
    {
        var chance = new Random(seed);
        return (seed % 10) switch
        {
            0 => new("rough", Forecast.Rough),
            1 or 2 => new("mild", Forecast.Mild),
            3 => new("told again and again", Forecast.Calm with { Duplicate = 0.8, TwoIds = 0.3, Reorder = 0.3 }),
            4 => new("out of order", Forecast.Calm with { Reorder = 0.9, Delay = 0.3, LongestDelay = TimeSpan.FromHours(6) }),
            5 => new("much is lost", Forecast.Calm with { Drop = 0.3, Corrupt = 0.1, DeliveryOutages = 0.5 }),
            6 => new("stale reads", Forecast.Calm with { StaleReads = 0.7, Reorder = 0.3 }),
            7 => new("too many requests", Forecast.Calm with { RateLimited = 0.4, LockTimeouts = 0.1, Reorder = 0.3 }),
            8 => new("failing", Forecast.Calm with
            {
                FailuresBefore = 0.15,
                FailuresAfter = 0.15,
                LostAnswers = 0.05,
                Resets = 0.2,
            }),
            _ => new("away for hours", AwayForUpTo(TimeSpan.FromHours(chance.Next(2, 12)))),
        };
    }

    private static Forecast AwayForUpTo(TimeSpan length) =>
        Forecast.Mild with { ApiOutages = 1, DeliveryOutages = 1, LongestOutage = length };
}
