namespace Holdfast.Nodes;

/// <summary>One life of one process, as the others see it.</summary>
internal sealed record Node
{
    /// <summary>A node beats every second. One that has missed so much has frozen, been cut off, or died.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);

    /// <summary>One that has missed so much is late; its successor under the same name takes it for dead.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(3);

    public required long Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>It did not say that it ended: the others concluded it.</summary>
    public required bool Lost { get; init; }

    public string StateAt(DateTimeOffset now) => this switch
    {
        { Lost: true } => "lost",
        { EndedAt: not null } => "ended",
        _ when now - SeenAt > LateAfter => "late",
        _ => "alive",
    };
}
