using Holdfast.Jobs;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Jobs;

public sealed class ClaimWindowTests
{
    private static readonly (DateTimeOffset, long) Beginning = (DateTimeOffset.MinValue, 0);

    private readonly ManualClock _clock = new();
    private readonly ClaimWindow _window;

    public ClaimWindowTests() => _window = new(_clock);

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public void The_first_claim_begins_at_the_beginning_and_the_next_behind_what_it_found()
    {
        Assert.Equal(Beginning, _window.Next());
        _window.Done([Due(7, Now.AddHours(-2)), Due(9, Now.AddHours(-1))], isAll: false, Now);

        Assert.Equal((Now.AddHours(-1), 9), _window.Next());
    }

    [Theory, InlineData(0), InlineData(1)]
    public void When_nothing_else_was_due_the_next_begins_a_margin_ago(int found)
    {
        _window.Next();
        _window.Done([.. Enumerable.Range(1, found).Select(id => Due(id, Now.AddHours(-1)))], isAll: true, Now);

        Assert.Equal((Now - ClaimWindow.Margin, 0), _window.Next());
    }

    [Fact]
    public void Every_few_seconds_one_begins_at_the_beginning()
    {
        _window.Next();
        _window.Done([], isAll: true, Now);
        _clock.Advance(ClaimWindow.WholeEvery - TimeSpan.FromMilliseconds(1));
        Assert.NotEqual(Beginning, _window.Next());

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(Beginning, _window.Next());
    }

    [Fact]
    public void One_that_took_long_is_not_made_again_for_ten_times_as_long()
    {
        _window.Next();
        _clock.Advance(TimeSpan.FromSeconds(2));
        _window.Done([], isAll: true, Now);

        _clock.Advance(TimeSpan.FromSeconds(17));
        Assert.NotEqual(Beginning, _window.Next());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Beginning, _window.Next());
    }

    [Fact]
    public void After_one_that_was_given_up_what_comes_now_is_claimed_all_the_same()
    {
        _window.Next();
        _clock.Advance(TimeSpan.FromSeconds(5));
        _window.TooSlow(Now);

        Assert.Equal((Now - ClaimWindow.Margin, 0), _window.Next());
    }

    [Fact]
    public void What_may_have_been_put_back_is_looked_for_at_once()
    {
        _window.Next();
        _window.Done([], isAll: true, Now);

        _window.Reset();

        Assert.Equal(Beginning, _window.Next());
    }

    private static Job Due(long id, DateTimeOffset at) => new()
    {
        Id = new(id),
        Kind = "test",
        Subject = id,
        Attempt = 1,
        RetriesFrom = 0,
        Alone = 0,
        DueAt = at,
    };
}
