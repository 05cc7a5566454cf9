namespace Holdfast.Simulator.Scenarios;

/// <summary>How much of a scenario is played.</summary>
public sealed record ScenarioOptions
{
    public const int MaxCustomers = 100_000;
    public const int MaxRate = 1000;
    public const int MaxSeconds = 3600;

    /// <summary>How many play it side by side; of <c>month-of-a-shop</c>, how many come in the month.</summary>
    public int Customers { get; init; } = 1;

    /// <summary>Customers in a second, for <c>storm</c>.</summary>
    public int Rate { get; init; } = 10;

    /// <summary>How long <c>storm</c> lasts.</summary>
    public int Seconds { get; init; } = 10;

    /// <exception cref="ArgumentOutOfRangeException">A number is beyond its bounds.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Customers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Customers, MaxCustomers);
        ArgumentOutOfRangeException.ThrowIfLessThan(Rate, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Rate, MaxRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(Seconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Seconds, MaxSeconds);
    }
}
