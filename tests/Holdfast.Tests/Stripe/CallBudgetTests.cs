using Holdfast.Stripe;
using Holdfast.Stripe.Calls;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Stripe;

public sealed class CallBudgetTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly ManualClock _clock = new();
    private readonly CallBudget _budget;

    public CallBudgetTests() => _budget = new(perSecond: 10, _clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _budget.Dispose();

    [Fact]
    public async Task Calls_go_at_the_rate_that_was_set()
    {
        var calls = Take(Lane.Live, 100);

        for (var second = 1; second <= 5; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await CountAsync(calls, atLeast: second * 9);
            Assert.InRange(calls.Count(call => call.IsCompleted), second * 9, (second * 10) + 2);
        }
    }

    [Fact]
    public void What_was_not_used_is_saved_up_for_a_moment_only()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, Take(Lane.Live, 20).Count(call => call.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task The_first_lanes_go_first()
    {
        Spend();
        var order = new List<Lane>();
        Task[] calls =
        [
            .. new[] { Lane.Backfill, Lane.Repair, Lane.Confirm, Lane.Live, Lane.Backfill, Lane.Live }.Select(TakeAndNoteAsync),
        ];

        await ServeAllAsync(calls);

        Assert.Equal([Lane.Live, Lane.Live, Lane.Confirm, Lane.Repair, Lane.Backfill, Lane.Backfill], order);

        async Task TakeAndNoteAsync(Lane lane)
        {
            await _budget.TakeAsync(lane, Long, Ct);
            lock (order)
            {
                order.Add(lane);
            }
        }
    }

    [Fact]
    public async Task One_call_in_ten_is_whoever_waited_longest_so_that_none_waits_for_ever()
    {
        Spend();
        var last = _budget.TakeAsync(Lane.Backfill, Long, Ct);
        var calls = Take(Lane.Live, 100);

        _clock.Advance(TimeSpan.FromSeconds(1.2));
        await last.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.InRange(calls.Count(call => call.IsCompleted), 0, 12);
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_so_and_takes_nothing()
    {
        Spend();
        _budget.Share(1000);
        var impatient = _budget.TakeAsync(Lane.Live, TimeSpan.FromSeconds(1), Ct);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await impatient);
        var next = _budget.TakeAsync(Lane.Live, Long, Ct);
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.True(await next);
    }

    [Fact]
    public async Task Who_goes_away_takes_nothing()
    {
        Spend();
        using var caller = new CancellationTokenSource();
        var gone = _budget.TakeAsync(Lane.Live, Long, caller.Token);
        var next = _budget.TakeAsync(Lane.Live, Long, Ct);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        _clock.Advance(TimeSpan.FromSeconds(0.11));

        Assert.True(await next);
    }

    [Fact]
    public async Task More_than_may_wait_are_sent_away_at_once()
    {
        Spend();
        var waiting = Take(Lane.Live, CallBudget.MaxWaiting);

        Assert.False(await _budget.TakeAsync(Lane.Live, Long, Ct));
        Assert.All(waiting, call => Assert.False(call.IsCompleted));
    }

    [Fact]
    public void The_nodes_share_it()
    {
        _budget.Share(4);
        Assert.Equal(2.5, _budget.PerSecond);

        _budget.Share(0);
        Assert.Equal(10, _budget.PerSecond);
    }

    [Fact]
    public void Too_many_halves_it_once_a_second_and_it_recovers()
    {
        for (var i = 0; i < 5; i++)
        {
            _budget.Lower();
        }

        Assert.Equal(5, _budget.PerSecond);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5.5, _budget.PerSecond, precision: 3);
        _budget.Lower();
        Assert.Equal(2.75, _budget.PerSecond, precision: 3);

        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(10, _budget.PerSecond);
    }

    [Fact]
    public void It_never_falls_to_nothing()
    {
        for (var i = 0; i < 50; i++)
        {
            _budget.Lower();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_budget.PerSecond, 0.5, 2);
    }

    private List<Task<bool>> Take(Lane lane, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _budget.TakeAsync(lane, Long, Ct))];

    private void Spend() => Take(Lane.Live, 2);

    /// <summary>Lets them go one at a time, so that the order in which they are noted is the one in which they went.</summary>
    private async Task ServeAllAsync(Task[] calls)
    {
        for (var i = 1; i <= calls.Length; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.101));
            await CountAsync(calls, atLeast: i);
        }
    }

    private static async Task CountAsync(IReadOnlyCollection<Task> calls, int atLeast)
    {
        while (calls.Count(call => call.IsCompleted) < atLeast)
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
