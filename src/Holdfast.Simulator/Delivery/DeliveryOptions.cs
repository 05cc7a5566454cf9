namespace Holdfast.Simulator.Delivery;

/// <summary>How events are brought to endpoints.</summary>
public sealed record DeliveryOptions
{
    public RetrySchedule Retries { get; init; } = RetrySchedule.Sandbox;

    /// <summary>Stripe does not publish its own; its command line waits this long.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An endpoint that has failed this long without one success is disabled. Seen once: nine days.</summary>
    public TimeSpan DisabledAfter { get; init; } = TimeSpan.FromDays(9);

    /// <summary>How many are under way at once when time flows by itself.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>Each at once and in the order it was told, which Stripe never promises.</summary>
    public bool InOrder { get; init; }
}
