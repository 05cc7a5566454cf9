using Holdfast.Jobs;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Jobs;

public sealed class AttemptWatchTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly ManualClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_is_cut_off_and_keeps_its_thread_is_told_of_until_it_lets_go()
    {
        var watch = new AttemptWatch(_clock);
        using var letGo = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempt = watch.RunAsync(
            async () =>
            {
                // After a wait, so that nobody stands behind it but the one who watches.
                await Task.Yield();
                begun.SetResult();
                letGo.Wait(Ct);
                return [];
            },
            Timeout);
        var since = watch.Since;
        await begun.Task;
        _clock.Advance(Timeout);
        await Assert.ThrowsAsync<TimeoutException>(() => attempt);

        Assert.Equal(since, watch.Since);
        Assert.Equal(Timeout, watch.BusyFor);
        await watch.RunAsync(() => Task.FromResult<IReadOnlyList<Outcome>>([]), Timeout);
        Assert.Equal(since, watch.Since);

        letGo.Set();
        while (watch.Since is not 0)
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Work_that_is_cut_off_while_it_waits_is_not_told_of()
    {
        var watch = new AttemptWatch(_clock);
        var attempt = watch.RunAsync(() => new TaskCompletionSource<IReadOnlyList<Outcome>>().Task, Timeout);
        Assert.NotEqual(0, watch.Since);

        _clock.Advance(Timeout);
        await Assert.ThrowsAsync<TimeoutException>(() => attempt);

        Assert.Equal(0, watch.Since);
    }

    [Fact]
    public async Task What_work_gives_back_or_throws_is_passed_on()
    {
        var watch = new AttemptWatch(_clock);
        IReadOnlyList<Outcome> outcomes = [new Outcome.Done()];

        Assert.Same(outcomes, await watch.RunAsync(
            async () =>
            {
                await Task.Yield();
                return outcomes;
            },
            Timeout));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => watch.RunAsync(() => throw new InvalidOperationException(), Timeout));
        Assert.Equal(0, watch.Since);
    }
}
