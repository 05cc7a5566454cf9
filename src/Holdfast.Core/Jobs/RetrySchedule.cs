namespace Holdfast.Jobs;

/// <summary>
/// When a failed job is tried again: a few times at once, then after a delay that grows by a factor up to a bound,
/// spread by chance so that what failed together does not come back together.
/// </summary>
public sealed record RetrySchedule
{
    /// <summary>How many tries follow the first without delay.</summary>
    public int Immediate { get; init; }

    /// <summary>The delay after the immediate tries.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>By how much each delay exceeds the one before.</summary>
    public double Factor { get; init; } = 4;

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many tries there are in all, the first included.</summary>
    public int MaxTries { get; init; } = 8;

    /// <summary>The share of a delay that chance may take off it, 0 to 1.</summary>
    public double Jitter { get; init; } = 0.2;

    public bool IsLast(int tried) => tried >= MaxTries;

    /// <param name="tried">How many tries there have been, from 1.</param>
    /// <param name="chance">At least 0 and below 1.</param>
    public TimeSpan DelayAfter(int tried, double chance)
    {
        if (tried <= Immediate)
        {
            return TimeSpan.Zero;
        }

        var full = FirstDelay.TotalMilliseconds * Math.Pow(Factor, tried - Immediate - 1);
        var bounded = Math.Min(full, MaxDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(bounded * (1 - (Jitter * chance)));
    }
}
