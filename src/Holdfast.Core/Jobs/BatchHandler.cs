using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>The work of one kind that is done inside a transaction and calls nobody outside.</summary>
internal abstract class BatchHandler
{
    public abstract string Kind { get; }

    /// <summary>Applies the jobs in the session that claimed them.</summary>
    /// <returns>One outcome for each job, in the same order.</returns>
    public abstract Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs);

    /// <summary>Called after the batch's transaction has been committed, never otherwise.</summary>
    public virtual void OnCommitted(IReadOnlyList<Job> jobs)
    {
    }
}
