using System.Collections.Concurrent;
using Holdfast.Nodes;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Jobs;

/// <summary>
/// The loop that claims due jobs and applies them, a batch in one transaction. A batch that throws is run again one by
/// one, so that a poisoned job harms only itself; after the process has died, what it may have held is run alone.
/// </summary>
internal sealed partial class Worker(
    BatchHandler handler,
    Database database,
    JobStore jobs,
    NodeStore nodes,
    ThisNode node,
    Doorbell doorbell,
    AttemptWatch watch,
    WorkerOptions options,
    TimeProvider clock,
    Random chance,
    ILogger<Worker> log)
{
    /// <summary>One that has taken the process down this often while it was alone is a dead letter.</summary>
    public const int MaxDeathsAlone = 2;

    private readonly AttemptEnds _ends = new(jobs, options, clock, chance, log);
    private readonly ConcurrentQueue<Suspicion> _suspects = [];
    private readonly ClaimWindow _window = new(clock);

    /// <summary>Works until it is cancelled, then finishes the turn it is in and says that it ended in good order.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await StartAsync(stop);
            while (!stop.IsCancellationRequested)
            {
                await TurnOrWaitAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop while waiting.
        }

        await EndAsync();
    }

    /// <summary>Notes the start of this node, and whom a former life of it that died leaves under suspicion.</summary>
    internal async Task StartAsync(CancellationToken stop)
    {
        // A beat longer than it takes to be late: then one that beats no more is sure to be told from one that does.
        var patience = clock.GetUtcNow() + Node.LateAfter + Heart.Interval;
        while (true)
        {
            var begun = await database.WriteAsync(Turn.Work, session => BeginAsync(session, patience), stop);
            switch (begun)
            {
                case Commit<Begun>.Committed((var id, { } suspects)):
                    node.Id = id;
                    RunAlone(suspects);
                    return;
                case Commit<Begun>.Committed((var id, null)):
                    node.Id = id;
                    await Task.Delay(options.PollInterval, clock, stop);
                    break;
                default:
                    await PauseAsync(Cause(begun), stop);
                    break;
            }
        }
    }

    /// <summary>Has these jobs run alone before anything else: what they do may have brought a node down.</summary>
    internal void RunAlone(IReadOnlyCollection<Suspect> suspects)
    {
        // One that was alone when the process died comes last: the first one is at work for as long as a process is cold,
        // and would bear the blame for whatever ends processes soon after their start.
        foreach (var suspect in suspects.OrderBy(suspect => suspect.Alone))
        {
            _suspects.Enqueue(new(suspect, clock));
        }

        if (suspects.Count > 0)
        {
            LogCareful(suspects.Count);
            doorbell.Ring();
        }
    }

    /// <summary>One turn: at most one batch.</summary>
    /// <returns>How many jobs were dealt with; fewer than a full batch means that no more were due.</returns>
    internal Task<int> TurnAsync(CancellationToken stop) =>
        _suspects.TryPeek(out var suspect) ? RunSuspectAsync(suspect, stop) : RunBatchAsync(stop);

    private async Task TurnOrWaitAsync(CancellationToken stop)
    {
        try
        {
            var done = await TurnAsync(stop);
            if (done < options.BatchSize && _suspects.IsEmpty)
            {
                await doorbell.WaitAsync(options.PollInterval, clock, stop);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            await PauseAsync(exception, stop);
        }
    }

    private async Task<Begun> BeginAsync(Session session, DateTimeOffset patience)
    {
        var now = clock.GetUtcNow();
        var id = node.Id is 0 ? await nodes.BeginAsync(session, node, now) : node.Id;
        var (dead, beating) = await nodes.UnendedAsync(session, id, node.Name, now);
        if (beating > 0 && now < patience)
        {
            // It may have died a moment ago: then it beats no more. A neighbour of the same name goes on.
            return new(id, Suspects: null);
        }

        var suspects = dead > 0 ? await jobs.SuspectsAsync(session, handler.Kind, now, options.MaxSuspects) : [];
        if (suspects.Count is 0)
        {
            await nodes.EndFormerAsync(session, id, node.Name, now);
        }

        return new(id, suspects);
    }

    private async Task EndAsync()
    {
        // Those left under suspicion stay so: the life that died is not ended before all of them have been run.
        var ended = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                foreach (var suspicion in _suspects.Where(one => one.IsCounted))
                {
                    await jobs.UnmarkAloneAsync(session, suspicion.Id, suspicion.Alone);
                }

                await nodes.EndAsync(session, node.Id, clock.GetUtcNow());
                return true;
            },
            CancellationToken.None);
        if (ended is not Commit<bool>.Committed)
        {
            LogEndNotNoted(Cause(ended));
        }
    }

    private async Task<int> RunBatchAsync(CancellationToken stop)
    {
        List<Job> batch = [];
        var now = clock.GetUtcNow();
        var behind = _window.Next();
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                batch = await jobs.ClaimDueAsync(session, handler.Kind, now, options.BatchSize, behind);
                await ApplyAsync(session, batch);
                return batch.Count;
            },
            CancellationToken.None);
        switch (commit)
        {
            case Commit<int>.Committed(var count):
                handler.OnCommitted(batch);
                _window.Done(batch, count < options.BatchSize, now);
                return count;
            case Commit<int>.RolledBack(var cause) when !database.IsUnavailable(cause) && batch.Count > 0:
                LogBatchFailed(cause, batch.Count);
                foreach (var job in batch)
                {
                    // Those left over when the server stops are as due as before.
                    stop.ThrowIfCancellationRequested();
                    await RunOneAsync(job.Id, stop);
                }

                return batch.Count;
            case Commit<int>.RolledBack(var cause) when database.IsSlow(cause):
                // To look for what is due took all the time there is: at once it would take as long again.
                _window.TooSlow(now);
                await PauseAsync(cause, stop);
                return 0;
            case Commit<int>.RolledBack(var cause) when database.IsContended(cause):
                // Another node changed what was to be claimed in the same moment: it can be claimed anew at once.
                LogContended(cause);
                return options.BatchSize;
            default:
                // Rolled back by the store, or unknown: the next claim looks at the rows as they are.
                _window.Reset();
                await PauseAsync(Cause(commit), stop);
                return 0;
        }
    }

    /// <summary>Marks the suspect, commits that, and only then runs it: if it kills the process, the mark stays.</summary>
    private async Task<int> RunSuspectAsync(Suspicion suspicion, CancellationToken stop)
    {
        var marked = await database.WriteAsync(
            Turn.Work, session => MarkAsync(session, suspicion), CancellationToken.None);
        switch (marked)
        {
            case Commit<SuspicionTurn>.Committed(SuspicionTurn.Over):
                break;
            case Commit<SuspicionTurn>.Committed(SuspicionTurn.Run):
                suspicion.Counted();
                var run = await RunOneAsync(suspicion.Id, stop);
                if (run is Run.Ended)
                {
                    break;
                }

                // Others have it, or it was the store that failed: it is taken up anew, and is not counted again.
                PutBack(run is Run.Missed);
                return 1;
            case Commit<SuspicionTurn>.Committed:
                PutBack(true);
                await Task.Delay(options.PauseWhenContended, clock, stop);
                return 1;
            case Commit<SuspicionTurn>.RolledBack(var cause) when database.IsContended(cause):
                // Others have it, and may die of it: until that is clear it stays under suspicion.
                LogContended(cause);
                PutBack(true);
                return 1;
            default:
                if (marked is Commit<SuspicionTurn>.Unknown)
                {
                    suspicion.Counted();
                }

                await PauseAsync(Cause(marked), stop);
                return 0;
        }

        _suspects.TryDequeue(out _);
        if (_suspects.IsEmpty)
        {
            LogCarefulEnded();
            await database.WriteAsync(
                Turn.Work,
                async session =>
                {
                    await nodes.EndFormerAsync(session, node.Id, node.Name, clock.GetUtcNow());
                    return true;
                },
                CancellationToken.None);
        }

        return 1;
    }

    private async Task<SuspicionTurn> MarkAsync(Session session, Suspicion suspicion)
    {
        if (await jobs.AwaitOneAsync(session, suspicion.Id, clock.GetUtcNow()) is not { } job)
        {
            return SuspicionTurn.Over;
        }

        var turn = suspicion.Look(job.Alone);
        if (turn is not SuspicionTurn.Count)
        {
            return turn;
        }

        await jobs.MarkAloneAsync(session, job);
        return SuspicionTurn.Run;
    }

    /// <summary>Has the others under suspicion come before the first one, if that is to wait.</summary>
    private void PutBack(bool waits)
    {
        if (waits && _suspects.TryDequeue(out var first))
        {
            _suspects.Enqueue(first);
        }
    }

    /// <summary>Runs one job in a transaction of its own, and records its failure in another.</summary>
    private async Task<Run> RunOneAsync(JobId id, CancellationToken stop)
    {
        Job? claimed = null;
        var startedAt = clock.GetUtcNow();
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                claimed = await jobs.ClaimOneAsync(session, id, startedAt);
                if (claimed is { Alone: > MaxDeathsAlone })
                {
                    await FinishAsync(session, claimed, Deadly(claimed), startedAt);
                }
                else if (claimed is not null)
                {
                    await ApplyAsync(session, [claimed]);
                }

                return true;
            },
            CancellationToken.None);
        switch (commit)
        {
            case Commit<bool>.Committed when claimed is not null:
                handler.OnCommitted([claimed]);
                return Run.Ended;
            case Commit<bool>.Committed:
            case Commit<bool>.RolledBack(var contended) when claimed is null && database.IsContended(contended):
                // Another node has it, or has just ended it.
                return Run.Missed;
            case Commit<bool>.RolledBack(var cause) when claimed is not null && IsItsOwn(cause):
                await RecordAsync(
                    claimed, new Outcome.Retry(AttemptEnds.Reason(cause), FailureClass.Transient), cause, startedAt, stop);
                return Run.Ended;
            case Commit<bool>.RolledBack(var cause) when claimed is not null && database.IsContended(cause):
                await RecordAsync(claimed, new Outcome.Snooze(options.PauseWhenContended), cause, startedAt, stop);
                return Run.Ended;
            case Commit<bool>.RolledBack(var cause) when claimed is not null && !database.IsUnavailable(cause):
                await RecordAsync(
                    claimed, new Outcome.Retry(AttemptEnds.Reason(cause), FailureClass.Unexpected), cause, startedAt, stop);
                return Run.Ended;
            default:
                await PauseAsync(Cause(commit), stop);
                return Run.Failed;
        }
    }

    /// <summary>Slow though it was alone, or a row that cannot be read: it would be so again and again.</summary>
    private bool IsItsOwn(Exception cause) => database.IsSlow(cause) || database.IsDamage(cause);

    private async Task ApplyAsync(Session session, List<Job> batch)
    {
        if (batch.Count is 0)
        {
            return;
        }

        var startedAt = clock.GetUtcNow();
        var outcomes = await AttemptAsync(session, batch);
        if (outcomes.Count != batch.Count)
        {
            throw new InvalidOperationException($"{batch.Count} jobs of kind {handler.Kind} had {outcomes.Count} outcomes.");
        }

        var done = new List<Job>(batch.Count);
        foreach (var (job, outcome) in batch.Zip(outcomes))
        {
            if (outcome is Outcome.Done && job.Attempt is 1)
            {
                done.Add(job);
            }
            else
            {
                await FinishAsync(session, job, outcome, startedAt);
            }
        }

        if (done.Count > 0)
        {
            await jobs.CompleteAsync(session, done, clock.GetUtcNow());
        }
    }

    private async Task<IReadOnlyList<Outcome>> AttemptAsync(Session session, List<Job> batch)
    {
        try
        {
            return await watch.RunAsync(() => handler.ApplyAsync(session, batch), options.AttemptTimeout);
        }
        catch (TimeoutException exception) when (session.Waits)
        {
            // No job is to blame for a store that is slow.
            throw new StoreSlowException(exception);
        }
    }

    private async Task RecordAsync(
        Job job, Outcome outcome, Exception cause, DateTimeOffset startedAt, CancellationToken stop)
    {
        var recorded = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                // Another node may have run it since; then what it says counts.
                return await _ends.EndAsync(session, job, outcome, startedAt, cause, handler.Describe(job));
            },
            CancellationToken.None);
        if (recorded is not Commit<bool>.Committed(var isRecorded))
        {
            // It is still due: it will fail again, and be recorded then.
            await PauseAsync(Cause(recorded), stop);
        }
        else if (!isRecorded)
        {
            LogContended(cause);
        }
        else if (outcome is Outcome.Snooze)
        {
            LogPutOff(cause, job.Id, handler.Describe(job));
        }
        else
        {
            LogAttemptFailed(cause, job.Id, handler.Describe(job), job.Attempt);
        }
    }

    /// <exception cref="InvalidOperationException">It was not waiting: the claim was not ours.</exception>
    private async Task FinishAsync(Session session, Job job, Outcome outcome, DateTimeOffset startedAt)
    {
        if (!await _ends.EndAsync(session, job, outcome, startedAt, detail: null, handler.Describe(job)))
        {
            throw new InvalidOperationException($"{job.Id} was no longer waiting at attempt {job.Attempt}.");
        }
    }

    private static Outcome.GiveUp Deadly(Job job) => new Outcome.GiveUp(
        $"The process died {MaxDeathsAlone} times while it ran nothing but this job ({job.Id}).");

    private static Exception Cause<T>(Commit<T> commit) => commit switch
    {
        Commit<T>.RolledBack(var cause) => cause,
        Commit<T>.Unknown(var cause) => cause,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task PauseAsync(Exception cause, CancellationToken stop)
    {
        LogPaused(cause, options.PauseWhenUnavailable);
        await Task.Delay(options.PauseWhenUnavailable, clock, stop);
    }

    private enum Run
    {
        Ended,

        /// <summary>It was in others' hands, or is not due any more.</summary>
        Missed,

        /// <summary>The store failed.</summary>
        Failed,
    }

    /// <param name="Id">The row of this node.</param>
    /// <param name="Suspects">Null when it is too early to tell whether a former life of this node is over.</param>
    private sealed record Begun(long Id, List<Suspect>? Suspects);

    [LoggerMessage(2001, LogLevel.Warning, "A node did not end in good order: {Count} due jobs are run alone first.")]
    private partial void LogCareful(int count);

    [LoggerMessage(2002, LogLevel.Information, "All jobs under suspicion have been run; batches again.")]
    private partial void LogCarefulEnded();

    [LoggerMessage(2003, LogLevel.Warning, "A batch of {Count} jobs failed and is run again one by one.")]
    private partial void LogBatchFailed(Exception cause, int count);

    [LoggerMessage(2004, LogLevel.Warning, "{Job} ({About}) failed at attempt {Attempt}.")]
    private partial void LogAttemptFailed(Exception cause, JobId job, string about, int attempt);

    [LoggerMessage(2006, LogLevel.Warning, "The worker waits {Pause}: the store is in trouble.")]
    private partial void LogPaused(Exception cause, TimeSpan pause);

    [LoggerMessage(2009, LogLevel.Debug, "Other nodes were in the way of a claim, which is made again.")]
    private partial void LogContended(Exception cause);

    [LoggerMessage(2008, LogLevel.Information, "{Job} ({About}) is put off for a moment: others are in its way.")]
    private partial void LogPutOff(Exception cause, JobId job, string about);

    [LoggerMessage(2007, LogLevel.Warning, "The end of this node could not be noted; the next start will be careful.")]
    private partial void LogEndNotNoted(Exception cause);
}
