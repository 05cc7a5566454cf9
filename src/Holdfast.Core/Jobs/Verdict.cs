using System.Diagnostics;

namespace Holdfast.Jobs;

/// <summary>What follows from an outcome: the next state, when to run again, and why.</summary>
/// <param name="CountsAttempt">Whether the attempt is spent.</param>
internal readonly record struct Verdict(JobState State, DateTimeOffset? RunAt, string? Reason, bool CountsAttempt)
{
    /// <summary>The only place in the product that decides a job's next state after an attempt.</summary>
    /// <param name="chance">At least 0 and below 1; spreads the retries.</param>
    public static Verdict On(Job job, Outcome outcome, RetryPolicy retries, DateTimeOffset now, double chance) =>
        outcome switch
        {
            Outcome.Done => new(JobState.Completed, RunAt: null, Reason: null, CountsAttempt: true),
            Outcome.Snooze(var delay) => new(JobState.Waiting, now + delay, Reason: null, CountsAttempt: false),
            Outcome.Unknown(var reason) => new(JobState.Unknown, RunAt: null, reason, CountsAttempt: true),
            Outcome.GiveUp(var reason) => new(JobState.Dead, RunAt: null, reason, CountsAttempt: true),
            Outcome.Retry(var reason, var failure) when retries.For(failure).IsLast(job.Try) =>
                new(JobState.Dead, RunAt: null, reason, CountsAttempt: true),
            Outcome.Retry(var reason, var failure) =>
                new(JobState.Waiting, now + retries.For(failure).DelayAfter(job.Try, chance), reason, CountsAttempt: true),
            _ => throw new UnreachableException(),
        };
}
