using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>The only writer of a job's state. Every change is guarded by the state, and its row count is looked at.</summary>
internal sealed class JobStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Jobs/JobStore", database.Engine);

    public Task<int> AddAsync(Session session, string kind, IReadOnlyList<long> subjects, DateTimeOffset now) =>
        session.ExecuteAsync(
            _sql["Add"], ("kind", kind), ("subjects", subjects), ("run_at", now), ("created_at", now));

    /// <param name="behind">Where the order of what is due begins; without it, at the very beginning.</param>
    public Task<List<Job>> ClaimDueAsync(
        Session session, string kind, DateTimeOffset now, int limit, (DateTimeOffset From, long After) behind = default) =>
        session.QueryAsync(
            _sql["ClaimDue"],
            row => Read(row) with { DueAt = row.Moment(6) },
            ("kind", kind), ("from", behind.From), ("after", behind.After), ("now", now), ("limit", limit));

    /// <returns>The job, or null when it is not due any more.</returns>
    public Task<Job?> ClaimOneAsync(Session session, JobId id, DateTimeOffset now) =>
        session.FirstAsync(_sql["ClaimOne"], Read, [("id", id.Value), ("now", now)]);

    /// <returns>The job as its next attempt would see it, whatever its state; null when there is none.</returns>
    public Task<Job?> FindAsync(Session session, JobId id) => session.FirstAsync(_sql["Find"], Read, [("id", id.Value)]);

    /// <summary>The jobs that a run which died may have held: the first ones in the order of claiming.</summary>
    public Task<List<Suspect>> SuspectsAsync(Session session, string kind, DateTimeOffset now, int limit) =>
        session.QueryAsync(
            _sql["Suspects"],
            row => new Suspect(new(row.Number(0)), (int)row.Number(1)),
            ("kind", kind), ("now", now), ("limit", limit));

    /// <summary>As <see cref="ClaimOneAsync"/>, though one that others hold is waited for.</summary>
    /// <returns>The job, or null when it is not due any more, whoever held it.</returns>
    public Task<Job?> AwaitOneAsync(Session session, JobId id, DateTimeOffset now) =>
        session.FirstAsync(_sql["AwaitOne"], Read, [("id", id.Value), ("now", now)]);

    /// <summary>Notes that a job locked in this session is taken up alone once more.</summary>
    public Task<int> MarkAloneAsync(Session session, Job job) =>
        session.ExecuteAsync(_sql["MarkAlone"], ("id", job.Id.Value));

    /// <summary>Takes back a mark: the job was not run after all.</summary>
    /// <param name="alone">How often it had been taken up before.</param>
    public Task<int> UnmarkAloneAsync(Session session, JobId id, int alone) =>
        session.ExecuteAsync(_sql["UnmarkAlone"], ("id", id.Value), ("alone", alone));

    /// <summary>Completes jobs claimed in this session.</summary>
    /// <exception cref="InvalidOperationException">One of them was not waiting: the claim was not ours.</exception>
    public async Task CompleteAsync(Session session, IReadOnlyList<Job> jobs, DateTimeOffset now)
    {
        var completed = await session.ExecuteAsync(
            _sql["Complete"], ("ids", (long[])[.. jobs.Select(job => job.Id.Value)]), ("ended_at", now));
        if (completed != jobs.Count)
        {
            throw new InvalidOperationException($"{jobs.Count} jobs were to be completed, but {completed} were waiting.");
        }
    }

    /// <returns>False when the job was no longer waiting at this attempt: nothing was written.</returns>
    public async Task<bool> FinishAsync(Session session, Job job, Verdict verdict, DateTimeOffset now) =>
        await session.ExecuteAsync(
            _sql["Finish"],
            ("id", job.Id.Value),
            ("attempt_before", job.Attempt - 1),
            ("attempt", verdict.CountsAttempt ? job.Attempt : job.Attempt - 1),
            ("state", verdict.State.Name),
            ("run_at", verdict.RunAt),
            ("ended_at", verdict.RunAt is null ? now : null)) is 1;

    public Task AddAttemptAsync(Session session, Job job, Attempt attempt) =>
        session.ExecuteAsync(
            _sql["AddAttempt"],
            ("job", job.Id.Value),
            ("attempt", job.Attempt),
            ("started_at", attempt.StartedAt),
            ("ended_at", attempt.EndedAt),
            ("state", attempt.State.Name),
            ("reason", attempt.Reason),
            ("detail", attempt.Detail),
            ("fingerprint", attempt.Fingerprint));

    public Task<List<Attempt>> AttemptsAsync(Session session, JobId id) =>
        session.QueryAsync(
            _sql["Attempts"],
            row => new Attempt
            {
                Number = (int)row.Number(0),
                StartedAt = row.Moment(1),
                EndedAt = row.Moment(2),
                State = JobState.Parse(row.Text(3)),
                Reason = row.TextOrNull(4),
                Detail = row.TextOrNull(5),
                Fingerprint = row.TextOrNull(6),
            },
            ("job", id.Value));

    /// <returns>False when it was neither dead nor completed; otherwise it waits again.</returns>
    public async Task<bool> ReplayAsync(Session session, JobId id, DateTimeOffset now) =>
        await session.ExecuteAsync(_sql["Replay"], ("id", id.Value), ("run_at", now)) is 1;

    /// <returns>How many of these were dead, and wait again.</returns>
    public Task<int> ReplayDeadAsync(Session session, IReadOnlyList<JobId> ids, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["ReplayDead"], ("ids", (long[])[.. ids.Select(id => id.Value)]), ("run_at", now));

    /// <summary>
    /// Puts back what is dead because it came again. What took the process down is left to a person: its sender, never
    /// answered by a process that died, would otherwise take it down at every delivery for days.
    /// </summary>
    /// <returns>The subjects whose jobs were dead and wait again.</returns>
    public Task<List<long>> ReplayDeadSubjectsAsync(
        Session session, string kind, IReadOnlyList<long> subjects, DateTimeOffset now) =>
        session.QueryAsync(
            _sql["ReplayDeadSubjects"],
            row => row.Number(0),
            ("kind", kind),
            ("subjects", subjects),
            ("run_at", now),
            ("max_deaths_alone", Worker.MaxDeathsAlone));

    /// <returns>False when it was not dead.</returns>
    public async Task<bool> DismissAsync(Session session, JobId id, string reason, DateTimeOffset now) =>
        await session.ExecuteAsync(_sql["Dismiss"], ("id", id.Value), ("ended_at", now), ("reason", reason)) is 1;

    /// <summary>
    /// Takes due jobs whose work leaves the process. It is committed before the work begins: their attempt is spent,
    /// and until then they belong to it.
    /// </summary>
    public Task<List<Job>> LeaseAsync(
        Session session, string kind, DateTimeOffset now, DateTimeOffset until, int limit) =>
        session.QueryAsync(
            _sql["Lease"], Read, ("kind", kind), ("now", now), ("lease_until", until), ("limit", limit));

    /// <summary>Keeps a job whose lease still holds for longer.</summary>
    /// <returns>False when the lease is over: another may have the job by now.</returns>
    public async Task<bool> ExtendAsync(Session session, Job job, DateTimeOffset now, DateTimeOffset until) =>
        await session.ExecuteAsync(
            _sql["Extend"],
            ("id", job.Id.Value), ("attempt", job.Attempt), ("now", now), ("lease_until", until)) is 1;

    /// <summary>
    /// Ends the attempt of a leased job. Where the verdict counts none, the number stays spent, so that no later attempt
    /// has it, and the retry schedule is moved on by one instead.
    /// </summary>
    /// <returns>False when it is another's by now: nothing was written, however late this one comes.</returns>
    public async Task<bool> FinishLeasedAsync(Session session, Job job, Verdict verdict, DateTimeOffset now) =>
        await session.ExecuteAsync(
            _sql["FinishLeased"],
            ("id", job.Id.Value),
            ("attempt", job.Attempt),
            ("uncounted", verdict.CountsAttempt ? 0 : 1),
            ("state", verdict.State.Name),
            ("run_at", verdict.RunAt),
            ("ended_at", verdict.RunAt is null ? now : null)) is 1;

    /// <summary>Whether anything of this kind is due, or was leased and not ended in time.</summary>
    public async Task<bool> HasWorkAsync(Session session, string kind, DateTimeOffset now) =>
        await session.NumberAsync(_sql["HasWork"], ("kind", kind), ("now", now)) > 0;

    /// <summary>Has waiting jobs run earlier than they would. Those that are due sooner anyhow stay as they are.</summary>
    public Task<int> HastenAsync(Session session, string kind, IReadOnlyCollection<long> subjects, DateTimeOffset runAt) =>
        session.ExecuteAsync(_sql["Hasten"], ("kind", kind), ("subjects", subjects), ("run_at", runAt));

    /// <summary>Leased jobs that nobody has finished in time, locked until the session ends.</summary>
    public Task<List<Job>> ExpiredAsync(Session session, string kind, DateTimeOffset now, int limit) =>
        session.QueryAsync(_sql["Expired"], Read, ("kind", kind), ("now", now), ("limit", limit));

    public Task<List<JobCount>> CountsAsync(Session session, DateTimeOffset now) =>
        session.QueryAsync(
            _sql["Counts"],
            row => new JobCount(row.Text(0), row.Number(1), row.Number(2), row.Number(3), row.Number(4), row.MomentOrNull(5)),
            ("now", now));

    private static Job Read(Row row) => new()
    {
        Id = new(row.Number(0)),
        Kind = row.Text(1),
        Subject = row.Number(2),
        Attempt = (int)row.Number(3) + 1,
        RetriesFrom = (int)row.Number(4),
        Alone = (int)row.Number(5),
    };
}

/// <summary>One run of a job that did not simply succeed at the first attempt. Kept for ever, never changed.</summary>
internal sealed record Attempt
{
    /// <summary>From 1; set when read.</summary>
    public int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>The state that followed.</summary>
    public required JobState State { get; init; }

    public required string? Reason { get; init; }

    /// <summary>Where it failed, for whoever mends it.</summary>
    public string? Detail { get; init; }

    public string? Fingerprint { get; init; }
}

/// <summary>A job that a node which died may have held.</summary>
/// <param name="Alone">How often it had been taken up alone by then.</param>
internal readonly record struct Suspect(JobId Id, int Alone);

/// <summary>How much work of one kind there is.</summary>
/// <param name="Open">Still to be done, now or later.</param>
/// <param name="Due">Of those, the ones that could run now.</param>
/// <param name="OldestDueAt">Since when the oldest of them has been due.</param>
internal sealed record JobCount(
    string Kind, long Open, long Due, long Dead, long Unknown, DateTimeOffset? OldestDueAt);
