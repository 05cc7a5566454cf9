using Holdfast.Jobs;

namespace Holdfast.Tests.Jobs;

public sealed class VerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RetryPolicy Retries = new()
    {
        Transient = new() { Immediate = 1, FirstDelay = TimeSpan.FromSeconds(10), Factor = 2, MaxTries = 4, Jitter = 0 },
        Unexpected = new() { FirstDelay = TimeSpan.FromSeconds(30), Factor = 2, MaxTries = 2, Jitter = 0 },
    };

    private static readonly Outcome Locked = new Outcome.Retry("locked", FailureClass.Transient);
    private static readonly Outcome Defect = new Outcome.Retry("defect", FailureClass.Unexpected);
    private static readonly Outcome Snoozed = new Outcome.Snooze(TimeSpan.FromSeconds(7));
    private static readonly Outcome Hopeless = new Outcome.GiveUp("hopeless");
    private static readonly Outcome Lost = new Outcome.Unknown("no answer");

    [Fact]
    public void Every_outcome_has_its_verdict_at_every_try()
    {
        (int Try, Outcome Outcome, Verdict Expected)[] table =
        [
            (1, new Outcome.Done(), new(JobState.Completed, null, null, CountsAttempt: true)),
            (9, new Outcome.Done(), new(JobState.Completed, null, null, CountsAttempt: true)),
            (1, Snoozed, new(JobState.Waiting, Now.AddSeconds(7), null, CountsAttempt: false)),
            (9, Snoozed, new(JobState.Waiting, Now.AddSeconds(7), null, CountsAttempt: false)),
            (1, Hopeless, new(JobState.Dead, null, "hopeless", CountsAttempt: true)),
            (9, Hopeless, new(JobState.Dead, null, "hopeless", CountsAttempt: true)),
            (1, Lost, new(JobState.Unknown, null, "no answer", CountsAttempt: true)),
            (9, Lost, new(JobState.Unknown, null, "no answer", CountsAttempt: true)),
            (1, Locked, new(JobState.Waiting, Now, "locked", CountsAttempt: true)),
            (2, Locked, new(JobState.Waiting, Now.AddSeconds(10), "locked", CountsAttempt: true)),
            (3, Locked, new(JobState.Waiting, Now.AddSeconds(20), "locked", CountsAttempt: true)),
            (4, Locked, new(JobState.Dead, null, "locked", CountsAttempt: true)),
            (5, Locked, new(JobState.Dead, null, "locked", CountsAttempt: true)),
            (1, Defect, new(JobState.Waiting, Now.AddSeconds(30), "defect", CountsAttempt: true)),
            (2, Defect, new(JobState.Dead, null, "defect", CountsAttempt: true)),
        ];

        Assert.Equal(
            table.Select(row => (row.Try, row.Outcome, row.Expected)),
            table.Select(row => (row.Try, row.Outcome, Verdict.On(JobAt(row.Try), row.Outcome, Retries, Now, chance: 0))));
    }

    [Fact]
    public void The_schedule_begins_anew_after_a_replay_while_the_attempts_go_on()
    {
        var replayed = JobAt(1) with { Attempt = 41, RetriesFrom = 40 };

        Assert.Equal(Verdict.On(JobAt(1), Defect, Retries, Now, 0), Verdict.On(replayed, Defect, Retries, Now, 0));
    }

    [Fact]
    public void The_default_policy_gives_a_fault_that_may_pass_a_day_and_a_defect_some_minutes()
    {
        var (transient, unexpected) = (new RetryPolicy().Transient, new RetryPolicy().Unexpected);

        Assert.InRange(LeastTime(transient), TimeSpan.FromHours(24), TimeSpan.FromDays(3));
        Assert.InRange(LeastTime(unexpected), TimeSpan.FromMinutes(3), TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, transient.DelayAfter(1, chance: 0));
    }

    private static TimeSpan LeastTime(RetrySchedule schedule) => Enumerable.Range(1, schedule.MaxTries - 1)
        .Aggregate(TimeSpan.Zero, (sum, tried) => sum + schedule.DelayAfter(tried, chance: 0.999));

    private static Job JobAt(int tried) => new()
    {
        Id = new(1),
        Kind = "test",
        Subject = 1,
        Attempt = tried,
        RetriesFrom = 0,
        Alone = 0,
    };
}
