using Holdfast.Storage;
using Holdfast.Testing;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Storage;

/// <summary>Nodes go by the store's clock, whatever their machines believe.</summary>
public sealed class StoreClockTests
{
    private static readonly DateTimeOffset StoresTime = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Until_the_store_has_been_asked_it_is_the_machines_time()
    {
        var machine = new Machine();

        Assert.Equal(machine.Wall, new StoreClock(machine).GetUtcNow());
    }

    [Fact]
    public void Once_the_store_has_been_asked_it_goes_on_from_the_stores_time()
    {
        var machine = new Machine();
        var clock = new StoreClock(machine);

        clock.Set(StoresTime, clock.GetTimestamp());
        machine.Pass(TimeSpan.FromSeconds(90));

        Assert.Equal(StoresTime + TimeSpan.FromSeconds(90), clock.GetUtcNow());
    }

    [Theory, InlineData(1), InlineData(-1)]
    public void A_jump_of_the_machines_clock_changes_nothing(int hours)
    {
        var machine = new Machine();
        var clock = new StoreClock(machine);
        clock.Set(StoresTime, clock.GetTimestamp());

        machine.Wall += TimeSpan.FromHours(hours);
        machine.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(StoresTime + TimeSpan.FromSeconds(1), clock.GetUtcNow());
    }

    [Fact]
    public void The_store_is_taken_to_have_answered_half_way_between_question_and_answer()
    {
        var machine = new Machine();
        var clock = new StoreClock(machine);
        var askedAt = clock.GetTimestamp();
        machine.Pass(TimeSpan.FromSeconds(1));

        clock.Set(StoresTime, askedAt);

        Assert.Equal(StoresTime + TimeSpan.FromSeconds(0.5), clock.GetUtcNow());
    }

    [Fact]
    public void A_slow_answer_is_ignored_once_there_was_a_quick_one()
    {
        var machine = new Machine();
        var clock = new StoreClock(machine);
        clock.Set(StoresTime, clock.GetTimestamp());
        var askedAt = clock.GetTimestamp();
        machine.Pass(TimeSpan.FromSeconds(1.001));

        clock.Set(StoresTime + TimeSpan.FromMinutes(5), askedAt);

        Assert.Equal(StoresTime + TimeSpan.FromSeconds(1.001), clock.GetUtcNow());
    }

    [Fact]
    public void A_slow_answer_is_better_than_none()
    {
        var machine = new Machine();
        var clock = new StoreClock(machine);
        var askedAt = clock.GetTimestamp();
        machine.Pass(TimeSpan.FromSeconds(4));

        clock.Set(StoresTime, askedAt);

        Assert.Equal(StoresTime + TimeSpan.FromSeconds(2), clock.GetUtcNow());
    }

    [Fact]
    public async Task Opening_the_store_and_each_look_at_its_clock_set_it_right()
    {
        var machine = new Machine();
        var clock = new StoreClock(machine);
        var server = await PostgresServer.SharedAsync();
        var name = await PostgresDatabases.RentAsync();
        await using var database = new PostgresDatabase(
            await PostgresDatabases.AddressAsync(name), clock, NullLogger<PostgresDatabase>.Instance);

        await database.OpenAsync(TestContext.Current.CancellationToken);
        var opened = clock.GetUtcNow();
        var between = await NowAsync();
        await database.ReadAsync(
            async session =>
            {
                await database.SetClockAsync(session);
                return true;
            },
            TestContext.Current.CancellationToken);

        // Of the machine no time passes here, so each is the very moment at which the server answered.
        Assert.InRange(between - opened, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Assert.InRange(clock.GetUtcNow(), between, await NowAsync());
        await database.DisposeAsync();
        await PostgresDatabases.GiveBackAsync(name);

        async Task<DateTimeOffset> NowAsync() =>
            (await server.AskAsync<DateTimeOffset>("postgres", "select clock_timestamp()"))[0];
    }

    [Fact]
    public void Its_timers_ring_by_the_machines()
    {
        var machine = new ManualClock();
        var clock = new StoreClock(machine);
        clock.Set(StoresTime, clock.GetTimestamp());
        var rung = false;
        using var timer = clock.CreateTimer(
            _ => rung = true, state: null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        machine.Advance(TimeSpan.FromSeconds(1));

        Assert.True(rung);
    }

    /// <summary>A machine whose clock on the wall is wrong, and whose time passes only when it is told.</summary>
    private sealed class Machine : TimeProvider
    {
        private long _passed;

        public DateTimeOffset Wall { get; set; } = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time)
        {
            Wall += time;
            _passed += time.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _passed;
    }
}
