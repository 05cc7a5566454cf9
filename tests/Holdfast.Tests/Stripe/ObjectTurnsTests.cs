using Holdfast.Stripe.Calls;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Stripe;

public sealed class ObjectTurnsTests
{
    private readonly ManualClock _clock = new();
    private readonly ObjectTurns _turns;

    public ObjectTurnsTests() => _turns = new(_clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_waits_for_an_object_that_was_never_locked()
    {
        Assert.Null(await _turns.EnterAsync("sub_1", Ct));
        Assert.Null(await _turns.EnterAsync(null, Ct));
    }

    [Fact]
    public async Task Calls_on_a_locked_object_go_one_after_another_and_others_go_on()
    {
        _turns.Serialise("sub_1");
        var first = await _turns.EnterAsync("sub_1", Ct);
        var second = _turns.EnterAsync("sub_1", Ct);

        Assert.False(second.IsCompleted);
        Assert.Null(await _turns.EnterAsync("sub_2", Ct));
        first!.Dispose();

        Assert.NotNull(await second);
    }

    [Fact]
    public async Task After_a_while_they_need_not_wait_any_more()
    {
        _turns.Serialise("sub_1");

        _clock.Advance(ObjectTurns.Hold);

        Assert.Null(await _turns.EnterAsync("sub_1", Ct));
    }

    [Fact]
    public async Task Who_goes_away_leaves_the_turn_to_the_next()
    {
        _turns.Serialise("sub_1");
        var first = await _turns.EnterAsync("sub_1", Ct);
        using var caller = new CancellationTokenSource();
        var gone = _turns.EnterAsync("sub_1", caller.Token);
        var third = _turns.EnterAsync("sub_1", Ct);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first!.Dispose();

        Assert.NotNull(await third);
    }

    [Fact]
    public async Task More_objects_than_are_remembered_do_without()
    {
        for (var i = 0; i <= ObjectTurns.MaxObjects; i++)
        {
            _turns.Serialise($"sub_{i}");
        }

        Assert.NotNull(await _turns.EnterAsync("sub_0", Ct));
        Assert.Null(await _turns.EnterAsync($"sub_{ObjectTurns.MaxObjects}", Ct));
    }
}
