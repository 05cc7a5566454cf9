using Holdfast.Ingest;
using Holdfast.Storage;
using Holdfast.Testing;
using Holdfast.Tests.Ingest;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Storage;

/// <summary>What keeps nodes out of each other's way where there is no row yet to lock.</summary>
public sealed class PostgresLockTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_taken_in_another_order_by_two_sessions_never_end_in_a_circle()
    {
        await using var store = await RemoteStore.CreateAsync();
        foreach (var held in (string[])["a", "b"])
        {
            var (isHeld, letGo) = (new TaskCompletionSource(), new TaskCompletionSource());
            var holding = store.WriteAsync(async session =>
            {
                await session.LockAsync(LockSpace.Objects, [held]);
                isHeld.SetResult();
                await letGo.Task;
                return true;
            });
            await isHeld.Task;

            var waiting = Task.WhenAll(TakeAsync(store, "a", "b"), TakeAsync(store, "b", "a"));
            await store.SessionWhereAsync(
                "wait_event_type = 'Lock' and (select count(*) = 2 from pg_locks where not granted)");
            letGo.SetResult();

            Assert.All(await waiting, commit => Assert.IsType<Commit<bool>.Committed>(commit));
            await holding;
        }
    }

    [Fact]
    public async Task A_name_is_held_until_the_session_ends_and_another_space_has_its_own()
    {
        await using var store = await RemoteStore.CreateAsync();

        var commit = await store.WriteAsync(async session =>
        {
            await session.LockAsync(LockSpace.Payers, ["cus_1"]);
            Assert.IsType<Commit<bool>.RolledBack>(await store.WriteAsync(
                async other =>
                {
                    await other.LockAsync(LockSpace.Payers, ["cus_2", "cus_1"]);
                    return true;
                },
                Turn.Ingest));
            return (await store.WriteAsync(async other =>
            {
                await other.LockAsync(LockSpace.Objects, ["cus_1"]);
                await other.LockAsync(LockSpace.Payers, ["cus_2"]);
                await other.LockAsync(LockSpace.References, ["cus_1"]);
                return true;
            })).OrThrow();
        });

        Assert.IsType<Commit<bool>.Committed>(commit);
        Assert.IsType<Commit<bool>.Committed>(await TakeAsync(store, "cus_1"));
    }

    [Theory, EveryEngine]
    public async Task Spaces_out_of_their_order_are_refused_before_they_can_end_in_a_circle(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);

        var commit = await store.Database.WriteAsync(
            Turn.Work,
            async session =>
            {
                await session.LockAsync(LockSpace.Payers, ["cus_1"]);
                await session.LockAsync(LockSpace.Objects, ["cus_1"]);
                return true;
            },
            Ct);

        var cause = Assert.IsType<InvalidOperationException>(Assert.IsType<Commit<bool>.RolledBack>(commit).Cause);
        Assert.Equal("Objects are locked after Payers: that could end in a deadlock.", cause.Message);
    }

    [Fact]
    public async Task Of_two_first_observations_of_an_object_on_two_nodes_the_newer_stays()
    {
        await using var nodes = await TwoNodes.CreateAsync();
        await nodes.DeliverAsync(
            new EventBody("evt_new") { Created = 2000, Object = Customer("cus_1", "new") },
            new EventBody("evt_old") { Created = 1000, Object = Customer("cus_1", "old") });

        await nodes.ApplyAtOnceAsync();

        Assert.Equal(["evt_new"], await nodes.First.Store.TextsAsync("select cause from objects"));
        Assert.Equal(1, await nodes.First.Store.NumberAsync("select sum(value) from counters where name = 'stale'"));
    }

    [Fact]
    public async Task One_who_pays_and_is_seen_first_on_two_nodes_has_one_account()
    {
        await using var nodes = await TwoNodes.CreateAsync();
        await nodes.DeliverAsync(
            new EventBody("evt_1") { Object = Subscription("sub_1", "cus_1") },
            new EventBody("evt_2") { Object = Subscription("sub_2", "cus_1") });

        await nodes.ApplyAtOnceAsync();

        Assert.Equal(["cus_1 with -"], await nodes.AccountsAsync());
    }

    [Fact]
    public async Task Two_who_pay_for_one_reference_and_are_seen_first_on_two_nodes_have_one_account()
    {
        await using var nodes = await TwoNodes.CreateAsync();
        await nodes.DeliverAsync(
            new EventBody("evt_1") { Object = Customer("cus_1", "ada") },
            new EventBody("evt_2") { Object = Customer("cus_2", "ada") });

        await nodes.ApplyAtOnceAsync();

        Assert.Equal(["cus_1,cus_2 with ada"], await nodes.AccountsAsync());
    }

    [Fact]
    public async Task What_two_nodes_are_told_at_once_of_one_who_pays_is_concluded_from_both()
    {
        await using var nodes = await TwoNodes.CreateAsync();
        await nodes.DeliverAsync(
            new EventBody("evt_1") { Object = Customer("cus_1", "ada") },
            new EventBody("evt_2") { Object = Subscription("sub_1", "cus_1", "bob") });

        await nodes.ApplyAtOnceAsync();

        // The customer's own metadata speaks before a subscription's, whichever of them was seen last.
        Assert.Equal(["cus_1 with ada"], await nodes.AccountsAsync());
    }

    private static Task<Commit<bool>> TakeAsync(RemoteStore store, params string[] names) =>
        store.WriteAsync(async session =>
        {
            await session.RunAsync("set local lock_timeout = 0");
            await session.LockAsync(LockSpace.Objects, names);
            return true;
        });

    private static string Customer(string id, string reference) =>
        $$"""{"id":"{{id}}","object":"customer","metadata":{"account_id":"{{reference}}"} }""";

    private static string Subscription(string id, string customer, string reference = "") =>
        $$"""
        {"id":"{{id}}","object":"subscription","status":"active","customer":"{{customer}}","created":0,
        "items":{"data":[]},"metadata":{"account_id":"{{reference}}"} }
        """;

    /// <summary>Two nodes on one store, of which the second comes while the first is about to commit.</summary>
    private sealed record TwoNodes(TestEngine First, TestEngine Second) : IAsyncDisposable
    {
        public static async Task<TwoNodes> CreateAsync()
        {
            var first = await TestEngine.CreateAsync(Engine.Postgres);
            return new(first, await first.JoinAsync());
        }

        public Task<Receipt[]> DeliverAsync(params EventBody[] events) =>
            First.DeliverAsync([.. events.Select(body => body.Bytes)]);

        /// <summary>
        /// The first node applies the first event and holds its transaction open until the second, which applies the
        /// other event, waits for it.
        /// </summary>
        public async Task ApplyAtOnceAsync()
        {
            var (isApplied, letGo) = (new TaskCompletionSource(), new TaskCompletionSource());
            var first = ApplyOneAsync(First, async () =>
            {
                isApplied.SetResult();
                await letGo.Task;
            });
            await isApplied.Task;
            var second = ApplyOneAsync(Second, () => Task.CompletedTask);
            var server = await PostgresServer.SharedAsync();
            while (!second.IsCompleted && await WaitingAsync(server) is 0)
            {
                Ct.ThrowIfCancellationRequested();
            }

            letGo.SetResult();
            (await first).OrThrow();
            (await second).OrThrow();
        }

        /// <summary>Each account as its customers and its reference.</summary>
        public Task<List<string>> AccountsAsync() => First.Store.TextsAsync(
            """
            select (select string_agg(customer, ',' order by customer) from account_customers where account = a.id)
                || ' with ' || coalesce(reference, '-')
            from accounts a
            """);

        public async ValueTask DisposeAsync()
        {
            await Second.DisposeAsync();
            await First.DisposeAsync();
        }

        private static Task<Commit<bool>> ApplyOneAsync(TestEngine node, Func<Task> beforeCommit) =>
            node.Database.WriteAsync(
                Turn.Work,
                async session =>
                {
                    await session.RunAsync("set local lock_timeout = 0");
                    var due = await node.Jobs.ClaimDueAsync(session, StoredEvent.JobKind, node.Clock.GetUtcNow(), limit: 1);
                    await node.Handler.ApplyAsync(session, due);
                    await node.Jobs.CompleteAsync(session, due, node.Clock.GetUtcNow());
                    await beforeCommit();
                    return true;
                },
                Ct);

        private async Task<long> WaitingAsync(PostgresServer server) => Assert.Single(await server.AskAsync<long>(
            "postgres",
            $"""
            select count(*) from pg_stat_activity
            where datname = '{First.Store.PostgresName}' and wait_event_type = 'Lock'
            """));
    }
}
