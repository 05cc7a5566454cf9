using Holdfast.Ingest;
using Holdfast.Telemetry;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Ingest;

public sealed class RefusalLogTests
{
    private const string Rows = "select count(*) from refusals";
    private const string Newest = "select correlation from refusals order by id desc limit 1";
    private const string Oldest = "select correlation from refusals order by id limit 1";

    [Theory, EveryEngine]
    public async Task Every_refusal_is_counted_and_the_newest_are_kept(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var log = LogOf(store);

        Add(log, RefusalCause.BadSignature, 1, 1500);
        await log.FlushAsync();
        Add(log, RefusalCause.NoHeader, 1501, 1700);
        await log.FlushAsync();

        Assert.Equal(RefusalLog.MaxKept, await store.NumberAsync(Rows));
        Assert.Equal(["delivery 1700"], await store.TextsAsync(Newest));
        Assert.Equal(["delivery 701"], await store.TextsAsync(Oldest));
        Assert.Equal((1700, 1500, 200), await CountsAsync(store));
    }

    [Theory, EveryEngine]
    public async Task A_flood_between_two_writes_takes_no_more_memory_than_its_bound(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var log = LogOf(store);

        Add(log, RefusalCause.BadSignature, 1, 5000);
        await log.FlushAsync();

        // Numbered as they were written: what was dropped before has no number.
        Assert.Equal(RefusalLog.MaxKept, await store.NumberAsync("select max(id) from refusals"));
        Assert.Equal(["delivery 5000"], await store.TextsAsync(Newest));
    }

    [Fact]
    public async Task A_store_in_trouble_loses_no_count_and_no_newer_refusal()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        var log = LogOf(store);
        await store.FillAsync();
        Add(log, RefusalCause.BadSignature, 1, 900);
        await log.FlushAsync();
        Add(log, RefusalCause.NoHeader, 901, 1100);
        await log.FlushAsync();
        await store.MakeRoomAsync();

        await log.FlushAsync();

        Assert.Equal((1100, 900, 200), await CountsAsync(store));
        Assert.Equal(RefusalLog.MaxKept, await store.NumberAsync("select max(id) from refusals"));
        Assert.Equal(["delivery 1100"], await store.TextsAsync(Newest));
        Assert.Equal(["delivery 101"], await store.TextsAsync(Oldest));
    }

    [Fact]
    public async Task What_is_refused_while_a_write_fails_is_kept_behind_what_was_to_be_written()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        var log = LogOf(store);
        await store.FillAsync();
        var goOn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = store.WriteAsync(_ => goOn.Task);
        Add(log, RefusalCause.BadSignature, 1, 900);
        var flush = log.FlushAsync();
        Add(log, RefusalCause.BadSignature, 901, 1100);
        goOn.SetResult(true);
        await writing;
        await flush;
        await store.MakeRoomAsync();

        await log.FlushAsync();

        Assert.Equal((1100, 1100, 0), await CountsAsync(store));
        Assert.Equal(["delivery 1100"], await store.TextsAsync(Newest));
        Assert.Equal(["delivery 101"], await store.TextsAsync(Oldest));
    }

    [Theory, EveryEngine]
    public async Task What_was_written_is_not_written_again(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var log = LogOf(store);
        Add(log, RefusalCause.NoHeader, 1, 2);

        await log.FlushAsync();
        await log.FlushAsync();

        Assert.Equal(2, await store.NumberAsync(Rows));
        Assert.Equal((2, 0, 2), await CountsAsync(store));
    }

    [Theory, EveryEngine]
    public async Task It_writes_by_itself_each_second_and_once_more_when_it_is_stopped(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var log = LogOf(store);
        using var stop = new CancellationTokenSource();
        Add(log, RefusalCause.NoHeader, 1, 1);
        var loop = log.RunAsync(stop.Token);
        while (await store.NumberAsync(Rows) is 0)
        {
            store.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Add(log, RefusalCause.NoHeader, 2, 2);
        await stop.CancelAsync();
        await loop;

        Assert.Equal(2, await store.NumberAsync(Rows));
    }

    [Theory, EveryEngine]
    public async Task Refusals_are_listed_newest_first_by_cause_and_by_endpoint(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var log = LogOf(store);
        Add(log, RefusalCause.NoHeader, 1, 2);
        Add(log, RefusalCause.TooOld, 3, 3);
        await log.FlushAsync();
        var refusals = new RefusalStore(store.Database);

        Assert.Equal(["delivery 3", "delivery 2"], await ListAsync(before: null, cause: null, endpoint: null, limit: 2));
        Assert.Equal(["delivery 1"], await ListAsync(before: 2, cause: null, endpoint: null, limit: 9));
        Assert.Equal(["delivery 3"], await ListAsync(before: null, cause: "too_old", endpoint: "default", limit: 9));
        Assert.Empty(await ListAsync(before: null, cause: null, endpoint: "other", limit: 9));

        async Task<IEnumerable<string>> ListAsync(long? before, string? cause, string? endpoint, int limit) =>
            (await store.ReadAsync(session => refusals.ListAsync(session, before, cause, endpoint, limit)))
                .Select(refusal => refusal.Correlation);
    }

    [Fact]
    public void Every_cause_is_read_as_it_is_written() => Assert.All(
        Enum.GetValues<RefusalCause>(), cause => Assert.Equal(cause, RefusalCause.Parse(cause.Name)));

    private static RefusalLog LogOf(TestDatabase store) => new(
        store.Database, new(store.Database), new(store.Database), store.Clock, NullLogger<RefusalLog>.Instance);

    private static void Add(RefusalLog log, RefusalCause cause, int from, int to)
    {
        for (var i = from; i <= to; i++)
        {
            log.Add(new()
            {
                At = DateTimeOffset.UnixEpoch,
                Endpoint = "default",
                Cause = cause,
                Correlation = $"delivery {i}",
                RemoteAddress = null,
                Facts = "{}",
            });
        }
    }

    private static async Task<(long All, long BadSignature, long NoHeader)> CountsAsync(TestDatabase store)
    {
        var counts = await store.ReadAsync(new CounterStore(store.Database).AllAsync);
        return (
            counts.GetValueOrDefault(Counters.Refused),
            counts.GetValueOrDefault(Counters.RefusedFor("bad_signature")),
            counts.GetValueOrDefault(Counters.RefusedFor("no_header")));
    }
}
