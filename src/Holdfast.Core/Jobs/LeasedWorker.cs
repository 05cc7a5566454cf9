using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Jobs;

/// <summary>
/// The loop that takes due jobs of one kind under a lease, has their work done outside of any transaction, several at
/// once, and ends each in one. What a process that died has left behind goes on when its lease is over.
/// </summary>
internal sealed partial class LeasedWorker(
    LeasedHandler handler,
    Database database,
    JobStore jobs,
    Doorbell doorbell,
    WorkerOptions options,
    TimeProvider clock,
    Random chance,
    ILogger<LeasedWorker> log)
{
    /// <summary>How long it rests between two looks: while deliveries ring without end, most look for nothing.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    /// <summary>When work that comes again for ever is tried again after it has failed.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    /// <summary>The part of its lease after which an attempt is told to end, so that what it did can still be written.</summary>
    private const double Work = 0.8;

    private readonly AttemptEnds _ends = new(jobs, options, clock, chance, log);
    private readonly List<Task> _running = [];

    /// <summary>Works until it is cancelled; then what runs is ended, within its lease.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var bell = doorbell.Repeat();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await TurnOrWaitAsync(bell, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop while waiting.
        }

        await DrainAsync();
    }

    /// <summary>Puts back what was lost, takes what is due as far as there is room, and begins it.</summary>
    /// <returns>How many jobs were begun.</returns>
    internal async Task<int> BeginAsync(CancellationToken stop)
    {
        _running.RemoveAll(run => run.IsCompleted);
        var now = clock.GetUtcNow();
        if (!await database.ReadAsync(session => jobs.HasWorkAsync(session, handler.Kind, now), stop))
        {
            return 0;
        }

        // Should the answer to this commit be lost, what it took goes on when the lease is over.
        var room = handler.MaxAtOnce - _running.Count;
        var commit = await database.WriteAsync(
            Turn.Work,
            async session => (
                Lost: await jobs.ExpiredAsync(session, handler.Kind, now, room),
                Leased: await jobs.LeaseAsync(session, handler.Kind, now, now + handler.Lease, room)),
            CancellationToken.None);
        if (commit is Commit<(List<Job>, List<Job>)>.RolledBack(var cause) && database.IsContended(cause))
        {
            LogContended(cause);
            return 0;
        }

        var (lost, leased) = commit.OrThrow();
        _running.AddRange(leased.Select(job => RunAsync(job, now + handler.Lease, stop)));
        foreach (var job in lost)
        {
            await PutBackAsync(job, now - handler.Lease);
        }

        return leased.Count;
    }

    /// <summary>Returns when everything that was begun has ended.</summary>
    internal Task DrainAsync() => Task.WhenAll(_running);

    private async Task TurnOrWaitAsync(Doorbell bell, CancellationToken stop)
    {
        try
        {
            var begun = await BeginAsync(stop);
            if (_running.Count >= handler.MaxAtOnce)
            {
                await Task.WhenAny(_running).WaitAsync(stop);
            }
            else if (begun is 0)
            {
                await Task.Delay(Moment, clock, stop);
                await bell.WaitAsync(options.PollInterval, clock, stop);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            LogPaused(exception, handler.Kind, options.PauseWhenUnavailable);
            await Task.Delay(options.PauseWhenUnavailable, clock, stop);
        }
    }

    /// <summary>Ends a lost attempt, in a transaction of its own: one that cannot be ended holds up no other.</summary>
    private async Task PutBackAsync(Job job, DateTimeOffset startedAt)
    {
        var commit = await database.WriteAsync(
            Turn.Work,
            session => EndAsync(session, job, handler.Lost(job), startedAt, detail: null),
            CancellationToken.None);
        switch (commit)
        {
            case Commit<bool>.Committed(true):
                LogLost(job.Id, handler.Describe(job), job.Attempt);
                break;
            case Commit<bool>.RolledBack(var cause):
                LogStays(cause, job.Id, handler.Describe(job), job.Attempt);
                break;
            case Commit<bool>.Unknown(var cause):
                LogStays(cause, job.Id, handler.Describe(job), job.Attempt);
                break;
        }
    }

    private async Task RunAsync(Job job, DateTimeOffset until, CancellationToken stop)
    {
        var startedAt = clock.GetUtcNow();
        await EndAsync(job, startedAt, until, await WorkAsync(job, stop));
    }

    /// <summary>Does the work, whatever goes wrong with it.</summary>
    private async Task<Ending> WorkAsync(Job job, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(handler.Lease * Work, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            // One that does not hear that it is to end is left alone: its lease will be over.
            return new(await handler.RunAsync(job, either.Token).WaitAsync(handler.Lease, clock, CancellationToken.None));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was told to leave off: another node, or the next start, does it.
            return Ending.With(new Outcome.Snooze(TimeSpan.Zero));
        }
        catch (OperationCanceledException cause) when (limit.IsCancellationRequested)
        {
            return Failed(job, new TimeoutException("It was cut off.", cause));
        }
        catch (Exception cause)
        {
            return Failed(job, cause);
        }
    }

    /// <summary>Writes how it ended, as often as it takes to know that it is written, while the lease lasts.</summary>
    private async Task EndAsync(Job job, DateTimeOffset startedAt, DateTimeOffset until, Ending ending)
    {
        var hasFailed = false;
        while (clock.GetUtcNow() < until)
        {
            var commit = await database.WriteAsync(
                Turn.Work, session => WriteAsync(session, job, startedAt, ending), CancellationToken.None);
            switch (commit)
            {
                case Commit<bool>.Committed:
                    return;
                case Commit<bool>.RolledBack(LeaseOverException):
                    LogLate(job.Id, handler.Describe(job), job.Attempt);
                    return;
                case Commit<bool>.RolledBack(var cause) when database.IsContended(cause):
                    LogContended(cause);
                    await Task.Delay(options.PauseWhenContended, clock);
                    break;
                case Commit<bool>.RolledBack(var cause) when !database.IsUnavailable(cause) && !hasFailed:
                    ending = Failed(job, cause);
                    hasFailed = true;
                    break;
                case Commit<bool>.RolledBack(var cause):
                    await PauseAsync(cause);
                    break;
                case Commit<bool>.Unknown(var cause):
                    // Had it been written, the job would not be this attempt's any more, and nothing is written twice.
                    await PauseAsync(cause);
                    break;
            }
        }

        LogLate(job.Id, handler.Describe(job), job.Attempt);
    }

    private async Task<bool> WriteAsync(Session session, Job job, DateTimeOffset startedAt, Ending ending)
    {
        var outcome = await OutcomeAsync(session, ending);
        return await EndAsync(session, job, outcome, startedAt, ending.Cause) ? true : throw new LeaseOverException();
    }

    private async Task<bool> EndAsync(
        Session session, Job job, Outcome outcome, DateTimeOffset startedAt, Exception? detail)
    {
        var verdict = await _ends.EndLeasedAsync(session, job, outcome, startedAt, detail, handler.Describe(job));
        if (verdict is { State: JobState.Dead, Reason: var reason })
        {
            await handler.DeadAsync(session, job, reason);
        }

        return verdict is not null;
    }

    private async Task<Outcome> OutcomeAsync(Session session, Ending ending)
    {
        try
        {
            return await ending.Write(session).WaitAsync(options.AttemptTimeout, clock);
        }
        catch (TimeoutException exception) when (session.Waits)
        {
            throw new StoreSlowException(exception);
        }
    }

    private Ending Failed(Job job, Exception cause)
    {
        LogAttemptFailed(cause, job.Id, handler.Describe(job), job.Attempt);
        if (handler.IsRecurring)
        {
            return Ending.With(new Outcome.Snooze(AfterFailure), cause);
        }

        var failure = cause is TimeoutException ? FailureClass.Transient : FailureClass.Unexpected;
        return Ending.With(new Outcome.Retry(AttemptEnds.Reason(cause), failure), cause);
    }

    private async Task PauseAsync(Exception cause)
    {
        LogPaused(cause, handler.Kind, options.PauseWhenUnavailable);
        await Task.Delay(options.PauseWhenUnavailable, clock);
    }

    /// <summary>What is to be written at the end of an attempt.</summary>
    /// <param name="Cause">What was thrown, if it failed so.</param>
    private sealed record Ending(Func<Session, Task<Outcome>> Write, Exception? Cause = null)
    {
        public static Ending With(Outcome outcome, Exception? cause = null) => new(_ => Task.FromResult(outcome), cause);
    }

    /// <summary>The job is another's by now, so that nothing of this attempt may be written.</summary>
    private sealed class LeaseOverException : Exception;

    [LoggerMessage(2401, LogLevel.Warning, "{Job} ({About}) was not ended by its attempt {Attempt} before its lease was over.")]
    private partial void LogLost(JobId job, string about, int attempt);

    [LoggerMessage(2402, LogLevel.Warning, "{Job} ({About}): attempt {Attempt} came to its end too late, and wrote nothing.")]
    private partial void LogLate(JobId job, string about, int attempt);

    [LoggerMessage(2403, LogLevel.Warning, "{Job} ({About}) failed at attempt {Attempt}.")]
    private partial void LogAttemptFailed(Exception cause, JobId job, string about, int attempt);

    [LoggerMessage(2404, LogLevel.Warning, "The work of kind {Kind} waits {Pause}: the store is in trouble.")]
    private partial void LogPaused(Exception cause, string kind, TimeSpan pause);

    [LoggerMessage(2406, LogLevel.Warning, "{Job} ({About}): the end of its lost attempt {Attempt} could not be written, and is "
        + "tried again at the next turn.")]
    private partial void LogStays(Exception cause, JobId job, string about, int attempt);

    [LoggerMessage(2405, LogLevel.Debug, "Others were in the way of a write, which is made again.")]
    private partial void LogContended(Exception cause);
}
