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

    /// <summary>Does the work.</summary>
    /// <returns>What is to be written, in the transaction that ends the job, and how it ended.</returns>
    public abstract Task<Func<Session, Task<Outcome>>> RunAsync(Job job, CancellationToken ct);
}
