using System.Collections.Concurrent;
using Holdfast.Jobs;
using Holdfast.Nodes;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Jobs;

/// <summary>
/// Only PostgreSQL has other nodes to tell. That a lost ring costs a second and nothing else is told in WorkerTests.
/// </summary>
public sealed class NodeBellTests
{
    /// <summary>Far longer than a message takes; met only when none comes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ring_on_one_node_is_heard_on_the_others()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var other = await store.JoinAsync();
        await using var here = await Bell.HangAsync(store, id: 1);
        await using var there = await Bell.HangAsync(other, id: 2);

        var waiting = there.RungAsync();
        Assert.False(waiting.IsCompleted);
        here.Doorbell.Ring();

        await waiting;
    }

    [Fact]
    public async Task All_rings_of_a_moment_are_one_message()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var other = await store.JoinAsync();
        var heard = new ConcurrentQueue<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var listening = other.Database.ListenAsync(heard.Enqueue, stop.Token);
        await UntilAsync(() => heard.Contains(""));
        await using var bell = await Bell.HangAsync(store, id: 7);

        // Others tell twenty times, one after the other, while it is rung without end.
        var others = TellAsync(other, times: 20);
        await UntilAsync(() =>
        {
            bell.Doorbell.Ring();
            return heard.Count(message => message is "other") == 20 && heard.Contains("7");
        });
        var inOneMoment = heard.Count(message => message is "7");
        await UntilAsync(() =>
        {
            bell.PassMoment();
            return heard.Count(message => message is "7") == 2;
        });
        await stop.CancelAsync();

        Assert.Equal(1, inOneMoment);
        await others;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }

    private static async Task TellAsync(TestDatabase store, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await store.Database.NotifyAsync("other", Ct);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A node's bell that has begun to listen, on a clock that stands still.</summary>
    private sealed class Bell(TestDatabase store, long id) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private readonly ManualClock _clock = new();
        private Task _running = Task.CompletedTask;

        public Doorbell Doorbell { get; } = new();

        public static async Task<Bell> HangAsync(TestDatabase store, long id)
        {
            var bell = new Bell(store, id);
            bell._running = bell.RunAsync();
            // It is rung once when it begins to listen, as something may have been told before.
            await bell.RungAsync();
            return bell;
        }

        /// <summary>Lets the time go by for which rings are gathered.</summary>
        public void PassMoment() => _clock.Advance(TimeSpan.FromMilliseconds(50));

        public Task RungAsync() => Doorbell.WaitAsync(TimeSpan.FromDays(1), _clock, _stop.Token).WaitAsync(Patience, Ct);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }

        private Task RunAsync() =>
            new NodeBell(store.Database, Doorbell, new ThisNode("here", "test") { Id = id }, _clock).RunAsync(_stop.Token);
    }
}
