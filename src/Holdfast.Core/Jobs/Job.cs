namespace Holdfast.Jobs;

internal readonly record struct JobId(long Value)
{
    public override string ToString() => $"job_{Value}";
}

/// <summary>A durable unit of work: a kind, and the row of that kind's table that it is about.</summary>
internal sealed record Job
{
    public required JobId Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>The row it is about, in the table of its kind. There is one job for each.</summary>
    public required long Subject { get; init; }

    /// <summary>The number of this attempt, counted from 1 over the job's whole life; it never goes back.</summary>
    public required int Attempt { get; init; }

    /// <summary>The attempt after which the retry schedule began anew: 0, or the last one before a replay.</summary>
    public required int RetriesFrom { get; init; }

    /// <summary>How often it was taken up alone after the process had died, and had not ended.</summary>
    public required int Alone { get; init; }

    /// <summary>Since when it is due; known of those that were claimed together.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The attempt's place in the retry schedule, counted from 1.</summary>
    public int Try => Attempt - RetriesFrom;
}
