using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Jobs;

/// <summary>
/// How an attempt ends: the verdict on its outcome, the job's next state, and the record of the attempt, written together.
/// </summary>
internal sealed partial class AttemptEnds(
    JobStore jobs, WorkerOptions options, TimeProvider clock, Random chance, ILogger log)
{
    private readonly Lock _chance = new();

    public static string Reason(Exception cause) => cause is TimeoutException
        ? "It did not end within the attempt's time limit."
        : $"{cause.GetType().Name}: {cause.Message}";

    /// <summary>Ends the attempt of a job that was claimed in this session.</summary>
    /// <param name="about">What the job is about, for the log.</param>
    /// <returns>False when it was no longer waiting at this attempt: nothing was written.</returns>
    public async Task<bool> EndAsync(
        Session session, Job job, Outcome outcome, DateTimeOffset startedAt, Exception? detail, string about) =>
        await EndAsync(jobs.FinishAsync, session, job, outcome, startedAt, detail, about) is not null;

    /// <summary>Ends the attempt of a leased job.</summary>
    /// <param name="about">What the job is about, for the log.</param>
    /// <returns>What followed; null when it is another's by now, and nothing was written.</returns>
    public Task<Verdict?> EndLeasedAsync(
        Session session, Job job, Outcome outcome, DateTimeOffset startedAt, Exception? detail, string about) =>
        EndAsync(jobs.FinishLeasedAsync, session, job, outcome, startedAt, detail, about);

    private async Task<Verdict?> EndAsync(
        Func<Session, Job, Verdict, DateTimeOffset, Task<bool>> finish,
        Session session,
        Job job,
        Outcome outcome,
        DateTimeOffset startedAt,
        Exception? detail,
        string about)
    {
        var now = clock.GetUtcNow();
        var verdict = Verdict.On(job, outcome, options.Retries, now, Chance());
        if (!await finish(session, job, verdict, now))
        {
            return null;
        }

        if (verdict.CountsAttempt && !(outcome is Outcome.Done && job.Attempt is 1))
        {
            await jobs.AddAttemptAsync(
                session,
                job,
                new()
                {
                    StartedAt = startedAt,
                    EndedAt = now,
                    State = verdict.State,
                    Reason = verdict.Reason,
                    Detail = detail?.ToString(),
                    Fingerprint = Print(verdict, detail),
                });
        }

        if (verdict.State is JobState.Dead)
        {
            LogDead(job.Id, about, job.Attempt);
        }

        return verdict;
    }

    private double Chance()
    {
        lock (_chance)
        {
            return chance.NextDouble();
        }
    }

    private static string? Print(Verdict verdict, Exception? detail) => (detail, verdict.Reason) switch
    {
        ({ } exception, _) => Fingerprint.Of(exception),
        (null, { } reason) => Fingerprint.Of(reason),
        _ => null,
    };

    [LoggerMessage(2005, LogLevel.Error, "{Job} ({About}) is a dead letter after attempt {Attempt}. "
        + "See holdfast dead show; replay it when the cause is mended.")]
    private partial void LogDead(JobId job, string about, int attempt);
}
