namespace Holdfast.Simulator.Delivery;

/// <summary>An attempt, still to be made, to bring one event to one endpoint.</summary>
/// <param name="Due">Unix milliseconds of the world's own time.</param>
internal sealed record Sending(long Due, long Sequence, string Event, string Endpoint)
{
    /// <summary>Which of the event's thin twins is sent; null for the event itself.</summary>
    public int? Twin { get; init; }

    /// <summary>Counted from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Sent by hand: what comes of it changes nothing about the retries.</summary>
    public bool IsManual { get; init; }

    /// <summary>A second arrival of what was sent already. It is never retried.</summary>
    public bool IsCopy { get; init; }

    /// <summary>It arrives with a byte changed.</summary>
    public bool IsCorrupt { get; init; }
}
