namespace Holdfast.Jobs;

/// <summary>What a handler says happened. Expected ends are returned; only what nobody expected is thrown.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The work is finished; its writes commit with the job.</summary>
    public sealed record Done : Outcome;

    /// <summary>It failed, and may succeed later. Counts an attempt.</summary>
    public sealed record Retry(string Reason, FailureClass Class) : Outcome;

    /// <summary>It is too early. Does not count an attempt.</summary>
    public sealed record Snooze(TimeSpan Delay) : Outcome;

    /// <summary>It can never succeed. Goes to the dead letters at once.</summary>
    public sealed record GiveUp(string Reason) : Outcome;

    /// <summary>It may already have happened, outside. A person or a later look decides.</summary>
    public sealed record Unknown(string Reason) : Outcome;
}

/// <summary>Why an attempt failed, as far as the retry schedule needs to know.</summary>
public enum FailureClass
{
    /// <summary>It may pass by itself: a lock, a time-out, a service that is down.</summary>
    Transient,

    /// <summary>Nobody expected it: a defect of ours or a body nobody foresaw. A new version may cure it.</summary>
    Unexpected,
}
