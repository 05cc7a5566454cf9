using System.Collections.Concurrent;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Jobs;

/// <summary>Work that leaves the process belongs to the attempt that took it, for as long as its lease.</summary>
public sealed class LeaseTests
{
    private const int Claimers = 64;

    private static readonly TimeSpan Term = TimeSpan.FromSeconds(30);
    private static readonly Verdict Completed = new(JobState.Completed, RunAt: null, Reason: null, CountsAttempt: true);
    private static readonly Verdict Unknown = new(JobState.Unknown, RunAt: null, "the answer was lost", CountsAttempt: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task The_due_are_taken_up_to_the_limit_and_their_attempt_is_spent_before_the_work_begins(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1, 2);
        await shop.Store.WriteAsync(session => shop.Jobs.AddAsync(session, "other", [1], shop.Clock.GetUtcNow()));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await shop.AddAsync(3);

        var leased = await LeaseAsync(shop, limit: 2);

        Assert.Equal([(1, 1), (2, 1)], leased.Select(job => (job.Subject, job.Attempt)).Order());
        Assert.Equal(
            ["other 1 waiting 0", "test 1 running 1", "test 2 running 1", "test 3 waiting 0"],
            await shop.Store.TextsAsync(
                "select kind || ' ' || subject || ' ' || state || ' ' || attempt from jobs order by kind, subject"));
        Assert.Equal([3], (await LeaseAsync(shop)).Select(job => job.Subject));
        Assert.Empty(await LeaseAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task What_is_not_due_yet_is_not_taken(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.Store.WriteAsync(session =>
            shop.Jobs.AddAsync(session, Workshop.Kind, [1], shop.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1)));

        Assert.Empty(await LeaseAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task What_is_leased_is_not_claimed_nor_finished_by_a_worker(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var leased = Assert.Single(await LeaseAsync(shop));

        Assert.Equal(0, await shop.TurnAsync());
        Assert.False(await shop.Store.WriteAsync(session =>
            shop.Jobs.FinishAsync(session, leased, Completed, shop.Clock.GetUtcNow())));

        Assert.Equal("running after 1, applied 0", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_lease_that_did_not_commit_took_nothing_and_spent_nothing(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);

        await shop.Store.Database.WriteAsync<int>(
            Turn.Work,
            async session =>
            {
                Assert.Single(await shop.Jobs.LeaseAsync(session, Workshop.Kind, shop.Clock.GetUtcNow(), Until(shop), 10));
                throw new InvalidOperationException("It is not to be.");
            },
            Ct);

        Assert.Equal(1, Assert.Single(await LeaseAsync(shop)).Attempt);
    }

    [Theory, EveryEngine]
    public async Task One_that_ends_in_time_stays_as_its_verdict_says(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var leased = Assert.Single(await LeaseAsync(shop));

        Assert.True(await FinishAsync(shop, leased, Completed));
        Assert.False(await FinishAsync(shop, leased, Completed));

        Assert.Equal("completed after 1, applied 0", await shop.StandAsync(1));
        Assert.Equal(["-"], await shop.Store.TextsAsync("select coalesce(cast(lease_until as text), '-') from jobs"));
    }

    [Theory, EveryEngine]
    public async Task A_late_end_after_another_took_the_job_over_writes_nothing(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var first = Assert.Single(await LeaseAsync(shop));
        shop.Clock.Advance(Term);
        await PutBackAsync(shop);
        var second = Assert.Single(await LeaseAsync(shop));

        Assert.False(await FinishAsync(shop, first, Unknown));
        Assert.False(await ExtendAsync(shop, first));

        Assert.Equal((1, 2), (first.Attempt, second.Attempt));
        Assert.Equal("running after 2, applied 0", await shop.StandAsync(1));
        Assert.True(await FinishAsync(shop, second, Completed));
        Assert.Equal("completed after 2, applied 0", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_lease_is_over_at_its_last_moment_and_not_before(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var leased = Assert.Single(await LeaseAsync(shop));
        await shop.Store.WriteAsync(session => shop.Jobs.AddAsync(session, "other", [7], shop.Clock.GetUtcNow()));
        await shop.Store.WriteAsync(session =>
            shop.Jobs.LeaseAsync(session, "other", shop.Clock.GetUtcNow(), shop.Clock.GetUtcNow().AddSeconds(1), limit: 1));

        shop.Clock.Advance(Term - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await ExpiredAsync(shop));
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(await ExtendAsync(shop, leased));
        Assert.Equal([leased], await ExpiredAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task A_lease_that_is_kept_for_longer_is_over_later(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var leased = Assert.Single(await LeaseAsync(shop));
        shop.Clock.Advance(Term / 2);

        Assert.True(await ExtendAsync(shop, leased));

        shop.Clock.Advance(Term - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await ExpiredAsync(shop));
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Single(await ExpiredAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task Attempts_only_go_up_also_where_a_verdict_counts_none(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var attempts = new List<int>();
        for (var round = 0; round < 4; round++)
        {
            var leased = Assert.Single(await LeaseAsync(shop));
            attempts.Add(leased.Attempt);
            await FinishAsync(
                shop, leased, new(JobState.Waiting, shop.Clock.GetUtcNow(), Reason: null, CountsAttempt: round % 2 is 0));
        }

        Assert.Equal([1, 2, 3, 4], attempts);
    }

    [Theory, EveryEngine]
    public async Task A_job_of_unknown_end_is_shown_as_open_and_left_alone_by_machines(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var leased = Assert.Single(await LeaseAsync(shop));

        Assert.True(await FinishAsync(shop, leased, Unknown));

        shop.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("unknown after 1, applied 0", await shop.StandAsync(1));
        Assert.Empty(await LeaseAsync(shop));
        Assert.Empty(await ExpiredAsync(shop));
        Assert.False(await FinishAsync(shop, leased, Completed));
        Assert.Equal(0, await shop.TurnAsync());
        var count = Assert.Single(await shop.Store.ReadAsync(session =>
            shop.Jobs.CountsAsync(session, shop.Clock.GetUtcNow())));
        Assert.Equal((1, 0, 0, 1), (count.Open, count.Due, count.Dead, count.Unknown));
    }

    [Theory, EveryEngine]
    public async Task Many_who_lease_at_once_get_each_job_once(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        var subjects = Enumerable.Range(1, 500).Select(number => (long)number).ToArray();
        await shop.AddAsync(subjects);

        var taken = await TakeAllAsync(shop, engine, (session, jobs) => jobs.LeaseAsync(
            session, Workshop.Kind, shop.Clock.GetUtcNow(), Until(shop), limit: 5));

        Assert.Equal(subjects, taken);
        Assert.Equal(["running 1"], await shop.Store.TextsAsync("select distinct state || ' ' || attempt from jobs"));
    }

    [Theory, EveryEngine]
    public async Task Many_who_claim_at_once_get_each_job_once(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        var subjects = Enumerable.Range(1, 500).Select(number => (long)number).ToArray();
        await shop.AddAsync(subjects);

        var taken = await TakeAllAsync(shop, engine, async (session, jobs) =>
        {
            var now = shop.Clock.GetUtcNow();
            var claimed = await jobs.ClaimDueAsync(session, Workshop.Kind, now, limit: 5);
            await jobs.CompleteAsync(session, claimed, now);
            return claimed;
        });

        Assert.Equal(subjects, taken);
        Assert.Equal(["completed 1"], await shop.Store.TextsAsync("select distinct state || ' ' || attempt from jobs"));
    }

    [Fact]
    public async Task Of_two_nodes_that_look_for_lost_leases_at_once_one_finds_each()
    {
        await using var shop = await Workshop.CreateAsync(Engine.Postgres);
        await using var other = await shop.Store.JoinAsync();
        await shop.AddAsync(1);
        await LeaseAsync(shop);
        shop.Clock.Advance(Term);

        await shop.Store.WriteAsync(async session =>
        {
            Assert.Single(await shop.Jobs.ExpiredAsync(session, Workshop.Kind, shop.Clock.GetUtcNow(), limit: 10));
            Assert.Empty(await other.WriteAsync(theirs =>
                shop.Jobs.ExpiredAsync(theirs, Workshop.Kind, shop.Clock.GetUtcNow(), limit: 10)));
            return true;
        });
    }

    /// <summary>Has many take jobs until none is left, on several nodes where there can be several.</summary>
    /// <returns>The subjects of all that were taken, in order.</returns>
    private static async Task<IEnumerable<long>> TakeAllAsync(
        Workshop shop, Engine engine, Func<Session, JobStore, Task<List<Job>>> take)
    {
        var nodes = new List<TestDatabase> { shop.Store };
        while (engine is Engine.Postgres && nodes.Count < 3)
        {
            nodes.Add(await shop.Store.JoinAsync());
        }

        var taken = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, Claimers).Select(async claimer =>
        {
            var node = nodes[claimer % nodes.Count];
            var jobs = new JobStore(node.Database);
            while (await node.WriteAsync(session => take(session, jobs)) is { Count: > 0 } some)
            {
                Assert.InRange(some.Count, 1, 5);
                some.ForEach(job => taken.Add(job.Subject));
            }
        }));
        foreach (var guest in nodes.Skip(1))
        {
            await guest.DisposeAsync();
        }

        return taken.Order();
    }

    private static DateTimeOffset Until(Workshop shop) => shop.Clock.GetUtcNow() + Term;

    private static Task<List<Job>> LeaseAsync(Workshop shop, int limit = 10) => shop.Store.WriteAsync(session =>
        shop.Jobs.LeaseAsync(session, Workshop.Kind, shop.Clock.GetUtcNow(), Until(shop), limit));

    private static Task<bool> ExtendAsync(Workshop shop, Job job) => shop.Store.WriteAsync(session =>
        shop.Jobs.ExtendAsync(session, job, shop.Clock.GetUtcNow(), Until(shop)));

    private static Task<bool> FinishAsync(Workshop shop, Job job, Verdict verdict) => shop.Store.WriteAsync(session =>
        shop.Jobs.FinishLeasedAsync(session, job, verdict, shop.Clock.GetUtcNow()));

    private static Task<List<Job>> ExpiredAsync(Workshop shop) => shop.Store.WriteAsync(session =>
        shop.Jobs.ExpiredAsync(session, Workshop.Kind, shop.Clock.GetUtcNow(), limit: 10));

    /// <summary>What becomes of a lease that is over: the job waits again.</summary>
    private static Task<bool> PutBackAsync(Workshop shop) => shop.Store.WriteAsync(async session =>
    {
        var now = shop.Clock.GetUtcNow();
        foreach (var job in await shop.Jobs.ExpiredAsync(session, Workshop.Kind, now, limit: 10))
        {
            Assert.True(await shop.Jobs.FinishLeasedAsync(
                session, job, new(JobState.Waiting, now, "the lease ran out", CountsAttempt: true), now));
        }

        return true;
    });
}
