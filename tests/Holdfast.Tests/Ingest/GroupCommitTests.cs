using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Ingest;

public sealed class GroupCommitTests
{
    private static readonly Receipt Stored = new Receipt.Stored();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task Those_that_wait_together_are_stored_together_and_each_has_its_own_answer(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var group = GroupOf(shop, new());
        Task<Receipt>[] waiting = [AddAsync("evt_1"), AddAsync("evt_1"), AddAsync("evt_2")];

        var loop = group.RunAsync();

        Assert.Equal([Stored, new Receipt.Duplicate(), Stored], await Task.WhenAll(waiting));
        group.Close();
        await loop;

        Task<Receipt> AddAsync(string id) => group.AddAsync(shop.Delivery(new EventBody(id).Bytes));
    }

    [Fact]
    public async Task Nothing_is_answered_before_it_is_durable_on_SQLite()
    {
        await using var shop = await TestEngine.CreateAsync(Engine.Sqlite);
        var group = GroupOf(shop, new());

        // There is one writer, and it is taken.
        var goOn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = shop.Store.WriteAsync(_ => goOn.Task);
        var loop = group.RunAsync();
        var answer = group.AddAsync(shop.Delivery(new EventBody().Bytes));

        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from events"));
        Assert.False(answer.IsCompleted);
        goOn.SetResult(true);
        await writing;

        Assert.Equal(Stored, await answer);
        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from events"));
        group.Close();
        await loop;
    }

    [Fact]
    public async Task Nothing_is_answered_before_it_is_durable_on_PostgreSQL()
    {
        await using var shop = await TestEngine.CreateAsync(Engine.Postgres);
        var group = GroupOf(shop, new());

        // Everything is written, and then the commit takes as long as the test likes.
        await shop.Store.RunAsync("create table may_commit ()");
        await shop.Store.RunAsync(
            """
            create function wait_to_commit() returns trigger language plpgsql as
                'begin while not exists (select from may_commit) loop perform pg_sleep(0.005); end loop; return null; end';
            create constraint trigger slow_commit after insert on events
            deferrable initially deferred for each row execute function wait_to_commit()
            """);
        var loop = group.RunAsync();
        var answer = group.AddAsync(shop.Delivery(new EventBody().Bytes));
        while (await shop.Store.NumberAsync(
            """
            select count(*) from pg_locks
            where database = (select oid from pg_database where datname = current_database())
                and relation = 'events'::regclass and mode = 'RowExclusiveLock'
            """) is 0)
        {
            Ct.ThrowIfCancellationRequested();
        }

        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from events"));
        Assert.False(answer.IsCompleted);
        await shop.Store.RunAsync("insert into may_commit default values");

        Assert.Equal(Stored, await answer);
        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from events"));
        group.Close();
        await loop;
    }

    [Theory, EveryEngine]
    public async Task What_is_stored_rings_the_doorbell(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var doorbell = new Doorbell();
        var group = GroupOf(shop, new(), doorbell);
        var loop = group.RunAsync();

        await group.AddAsync(shop.Delivery(new EventBody().Bytes));

        Assert.True(doorbell.WaitAsync(TimeSpan.FromHours(1), shop.Clock, Ct).IsCompletedSuccessfully);
        group.Close();
        await loop;
    }

    [Theory, EveryEngine]
    public async Task One_that_cannot_be_stored_fails_alone(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.Store.RunAsync(shop.Store.Say(
            """
            create trigger poison before insert on events when new.event_id = 'evt_poison'
            begin select raise(abort, 'poisoned'); end
            """,
            "alter table events add constraint poison check (event_id <> 'evt_poison')"));
        var group = GroupOf(shop, new());
        var before = group.AddAsync(shop.Delivery(new EventBody("evt_1").Bytes));
        var poisoned = group.AddAsync(shop.Delivery(new EventBody("evt_poison").Bytes));
        var after = group.AddAsync(shop.Delivery(new EventBody("evt_2").Bytes));

        var loop = group.RunAsync();

        Assert.Equal(Stored, await before);
        Assert.IsType<Receipt.Unavailable>(await poisoned);
        Assert.Equal(Stored, await after);
        Assert.Equal(["evt_1", "evt_2"], await shop.Store.TextsAsync("select event_id from event_ids order by event_id"));
        group.Close();
        await loop;
    }

    [Fact]
    public async Task A_store_in_trouble_sends_all_away_and_takes_them_again_when_it_is_well()
    {
        await using var shop = await TestEngine.CreateAsync(Engine.Sqlite);
        await shop.Store.FillAsync();
        var group = GroupOf(shop, new());
        Task<Receipt>[] waiting =
        [
            group.AddAsync(shop.Delivery(new EventBody("evt_1").Bytes)),
            group.AddAsync(shop.Delivery(new EventBody("evt_2").Bytes)),
        ];
        var loop = group.RunAsync();

        Assert.All(await Task.WhenAll(waiting), receipt => Assert.IsType<Receipt.Unavailable>(receipt));
        await shop.Store.MakeRoomAsync();

        Assert.Equal(Stored, await group.AddAsync(shop.Delivery(new EventBody("evt_1").Bytes)));
        group.Close();
        await loop;
    }

    [Fact]
    public async Task A_commit_in_doubt_is_not_acknowledged()
    {
        await using var shop = await TestEngine.CreateAsync(Engine.Sqlite);
        var group = GroupOf(shop, new());
        var loop = group.RunAsync();
        File.Delete(shop.Store.SqlitePath + "-wal");

        Assert.IsType<Receipt.Unavailable>(await group.AddAsync(shop.Delivery(new EventBody("evt_1").Bytes)));

        Assert.Equal(Stored, await group.AddAsync(shop.Delivery(new EventBody("evt_2").Bytes)));
        group.Close();
        await loop;
    }

    [Theory, EveryEngine]
    public async Task A_full_queue_sends_away_at_once_and_takes_more_when_it_has_been_emptied(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var group = GroupOf(shop, new() { MaxQueued = 2 });
        var first = group.AddAsync(shop.Delivery(new EventBody("evt_1").Bytes));
        var second = group.AddAsync(shop.Delivery(new EventBody("evt_2").Bytes));

        var third = group.AddAsync(shop.Delivery(new EventBody("evt_3").Bytes));
        Assert.True(third.IsCompleted);
        Assert.Equal(new Receipt.Unavailable("Too many deliveries wait to be stored."), await third);

        var loop = group.RunAsync();
        Assert.Equal([Stored, Stored], await Task.WhenAll(first, second));
        Assert.Equal(Stored, await group.AddAsync(shop.Delivery(new EventBody("evt_3").Bytes)));
        group.Close();
        await loop;
    }

    [Theory, EveryEngine]
    public async Task Too_many_bytes_that_wait_send_away_at_once_until_they_are_stored(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var body = new EventBody("evt_1").Bytes;
        var group = GroupOf(shop, new() { MaxQueuedBytes = body.Length });
        var first = group.AddAsync(shop.Delivery(body));
        var second = group.AddAsync(shop.Delivery(body));

        Assert.IsType<Receipt.Unavailable>(await group.AddAsync(shop.Delivery(body)));

        var loop = group.RunAsync();
        await Task.WhenAll(first, second);
        Assert.IsType<Receipt.Duplicate>(await group.AddAsync(shop.Delivery(body)));
        group.Close();
        await loop;
    }

    [Theory, EveryEngine]
    public async Task A_slow_store_is_not_waited_for_longer_than_the_sender_would(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var group = GroupOf(shop, new() { AnswerWithin = TimeSpan.FromSeconds(2) });
        var answer = group.AddAsync(shop.Delivery(new EventBody().Bytes));

        shop.Clock.Advance(TimeSpan.FromSeconds(1.999));
        Assert.False(answer.IsCompleted);
        shop.Clock.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(new Receipt.Unavailable("The store did not answer in time."), await answer);

        // It may become durable after all: then the redelivery is a duplicate.
        var loop = group.RunAsync();
        Assert.IsType<Receipt.Duplicate>(await group.AddAsync(shop.Delivery(new EventBody().Bytes)));
        group.Close();
        await loop;
    }

    [Theory, EveryEngine]
    public async Task Closing_stores_what_waits_and_takes_nothing_more(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var group = GroupOf(shop, new() { MaxGroup = 2 });
        Task<Receipt>[] waiting =
            [.. Enumerable.Range(1, 5).Select(i => group.AddAsync(shop.Delivery(new EventBody($"evt_{i}").Bytes)))];

        group.Close();
        var late = await group.AddAsync(shop.Delivery(new EventBody("evt_late").Bytes));
        await group.RunAsync();

        Assert.Equal(new Receipt.Unavailable("The server is stopping."), late);
        Assert.All(await Task.WhenAll(waiting), receipt => Assert.Equal(Stored, receipt));
        Assert.Equal(5, await shop.Store.NumberAsync("select count(*) from events"));
    }

    [Theory, EveryEngine]
    public async Task A_group_is_never_larger_than_its_bound(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var group = GroupOf(shop, new() { MaxGroup = 2 });
        for (var i = 1; i <= 5; i++)
        {
            _ = group.AddAsync(shop.Delivery(new EventBody($"evt_{i}").Bytes));
        }

        await shop.Store.RunAsync("create table groups (size integer)");
        await shop.Store.RunAsync(shop.Store.Say(
            """
            create trigger group_ends after update on counters when new.name = 'received'
            begin insert into groups values (new.value - old.value); end
            """,
            """
            create function group_ends() returns trigger language plpgsql as
                'begin insert into groups select count(*) from arrived; return null; end';
            create trigger group_ends after insert on events
            referencing new table as arrived for each statement execute function group_ends()
            """));
        await shop.Store.RunAsync(
            shop.Store.Say("insert into counters values ('received', 0)", "create table not_needed (nothing text)"));
        group.Close();
        await group.RunAsync();

        Assert.Equal(["2", "2", "1"], await shop.Store.TextsAsync(
            shop.Store.Say("select size from groups order by rowid", "select size from groups order by ctid")));
    }

    private static GroupCommit GroupOf(TestEngine shop, IngestOptions options, Doorbell? doorbell = null) => new(
        shop.Database, shop.Keeper, doorbell ?? new Doorbell(), options, shop.Clock, NullLogger<GroupCommit>.Instance);
}
