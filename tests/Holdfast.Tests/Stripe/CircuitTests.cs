using Holdfast.Stripe.Calls;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Stripe;

public sealed class CircuitTests
{
    private readonly ManualClock _clock = new();
    private readonly Circuit _circuit;

    public CircuitTests() => _circuit = new(_clock);

    [Fact]
    public void Failures_in_a_row_open_it_and_an_answer_between_them_does_not_let_it_come_to_that()
    {
        Fail(Circuit.MaxFailures - 1);
        _circuit.Answered();
        Fail(Circuit.MaxFailures - 1);
        Assert.Null(_circuit.Closes());

        Fail(1);

        Assert.Equal(Circuit.FirstPause, _circuit.Closes());
        Assert.False(_circuit.TryEnter(out _));
    }

    [Fact]
    public void After_the_pause_one_call_is_let_through_and_the_others_wait_for_it()
    {
        Open();
        _clock.Advance(Circuit.FirstPause);

        Assert.Null(_circuit.Closes());
        Assert.True(_circuit.TryEnter(out var isTrial));
        Assert.True(isTrial);
        Assert.NotNull(_circuit.Closes());
        Assert.False(_circuit.TryEnter(out _));
    }

    [Fact]
    public void A_trial_that_fails_makes_the_pause_longer_up_to_a_minute()
    {
        Open();
        var pauses = new List<TimeSpan?>();
        for (var i = 0; i < 6; i++)
        {
            _clock.Advance(_circuit.Closes() ?? TimeSpan.Zero);
            Assert.True(_circuit.TryEnter(out var isTrial));
            Assert.True(_circuit.Failed(isTrial));
            pauses.Add(_circuit.Closes());
        }

        Assert.Equal([10, 20, 40, 60, 60, 60], pauses.Select(pause => pause!.Value.TotalSeconds));
    }

    [Fact]
    public void A_trial_that_is_answered_closes_it()
    {
        Open();
        _clock.Advance(Circuit.FirstPause);
        _circuit.TryEnter(out _);

        Assert.True(_circuit.Answered());

        Assert.True(_circuit.TryEnter(out var isTrial));
        Assert.False(isTrial);
        Assert.False(_circuit.Answered());
    }

    [Fact]
    public void A_trial_that_is_given_up_leaves_its_place_to_the_next()
    {
        Open();
        _clock.Advance(Circuit.FirstPause);
        _circuit.TryEnter(out var isTrial);

        _circuit.GaveUp(isTrial);

        Assert.True(_circuit.TryEnter(out _));
    }

    [Fact]
    public void What_was_under_way_before_it_opened_does_not_make_the_pause_longer()
    {
        Open();
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_circuit.Failed(isTrial: false));

        Assert.Equal(Circuit.FirstPause - TimeSpan.FromSeconds(1), _circuit.Closes());
    }

    private void Open() => Fail(Circuit.MaxFailures);

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _circuit.Failed(isTrial: false);
        }
    }
}
