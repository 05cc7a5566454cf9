using Holdfast.Jobs;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Jobs;

public sealed class DoorbellTests
{
    private readonly ManualClock _clock = new();
    private readonly Doorbell _doorbell = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_ring_before_anybody_waits_is_not_lost()
    {
        _doorbell.Ring();

        Assert.True(_doorbell.WaitAsync(TimeSpan.FromHours(1), _clock, Ct).IsCompletedSuccessfully);
    }

    [Fact]
    public void Many_rings_are_one()
    {
        _doorbell.Ring();
        _doorbell.Ring();
        _ = _doorbell.WaitAsync(TimeSpan.FromHours(1), _clock, Ct);

        Assert.False(_doorbell.WaitAsync(TimeSpan.FromHours(1), _clock, Ct).IsCompleted);
    }

    [Fact]
    public async Task A_ring_ends_the_waiting()
    {
        var waiting = _doorbell.WaitAsync(TimeSpan.FromHours(1), _clock, Ct);
        Assert.False(waiting.IsCompleted);

        _doorbell.Ring();

        await waiting;
    }

    [Fact]
    public void Each_of_several_who_wait_hears_every_ring()
    {
        var others = _doorbell.Repeat();

        _doorbell.Ring();
        Assert.True(_doorbell.WaitAsync(TimeSpan.FromHours(1), _clock, Ct).IsCompletedSuccessfully);
        Assert.True(others.WaitAsync(TimeSpan.FromHours(1), _clock, Ct).IsCompletedSuccessfully);

        _doorbell.Hear();
        Assert.True(others.WaitAsync(TimeSpan.FromHours(1), _clock, Ct).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_waiting_ends_by_itself_when_the_time_is_up()
    {
        var waiting = _doorbell.WaitAsync(TimeSpan.FromSeconds(1), _clock, Ct);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await waiting;
    }

    [Fact]
    public async Task Who_is_told_to_stop_does_not_take_that_for_silence()
    {
        using var stop = new CancellationTokenSource();
        var waiting = _doorbell.WaitAsync(TimeSpan.FromSeconds(1), _clock, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
