using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>
/// The work of one kind that leaves the process. It is claimed under a lease, done outside of any transaction, and ended
/// in one: whoever comes late finds the job in other hands, and writes nothing.
/// </summary>
internal abstract class LeasedHandler
{
    public abstract string Kind { get; }

    /// <summary>How long an attempt has before others may take the job up. The work itself must end before.</summary>
    public abstract TimeSpan Lease { get; }

    /// <summary>How many jobs one node is at, at the same time.</summary>
    public abstract int MaxAtOnce { get; }

    /// <summary>
    /// It comes again for ever, so that neither a failure nor the death of a process may end it; and it is no work that is
    /// still to be done.
    /// </summary>
    public virtual bool IsRecurring => false;

    /// <summary>Does the work.</summary>
    /// <param name="ct">
    /// Cancelled when the server stops or the lease nears its end. Who cannot leave off halfway goes on all the same, and
    /// ends within the lease.
    /// </param>
    /// <returns>
    /// What is to be written, in the transaction that ends the job, and how it ended. When nothing was written after all it
    /// is called again, in another transaction.
    /// </returns>
    public abstract Task<Func<Session, Task<Outcome>>> RunAsync(Job job, CancellationToken ct);

    /// <summary>
    /// What follows when nobody ended an attempt before its lease was over: its process has died, or stood still. Here, for
    /// work that may be done twice, another attempt.
    /// </summary>
    public virtual Outcome Lost(Job job) => IsRecurring
        ? new Outcome.Snooze(TimeSpan.Zero)
        : new Outcome.Retry(
            "The process died or stood still: nobody ended the attempt before its lease was over.", FailureClass.Unexpected);

    /// <summary>Called in the transaction that makes the job a dead letter.</summary>
    public virtual Task DeadAsync(Session session, Job job, string? reason) => Task.CompletedTask;

    /// <summary>What a job is about, for the log: ids, never content.</summary>
    public virtual string Describe(Job job) => $"{job.Kind} {job.Subject}";
}
