using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>The work of one kind that is done inside a transaction and calls nobody outside.</summary>
internal abstract class BatchHandler
{
    public abstract string Kind { get; }

    /// <summary>Applies the jobs in the session that claimed them.</summary>
    /// <returns>One outcome for each job, in the same order.</returns>
    public abstract Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs);

    /// <summary>What a job that was just run is about, for the log: ids, never content.</summary>
    public virtual string Describe(Job job) => $"{job.Kind} {job.Subject}";

    /// <summary>Called after the batch's transaction has been committed, never otherwise.</summary>
    public virtual void OnCommitted(IReadOnlyList<Job> jobs)
    {
    }
}
