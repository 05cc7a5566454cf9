using System.Text;
using Holdfast.Mirror;

namespace Holdfast.Tests.Mirror;

public sealed class FoldTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_newer_observation_is_taken()
    {
        var folded = Fold.Of(Held(Seen("evt_1", Noon, "a")), Seen("evt_2", Noon.AddSeconds(1), "b"));

        Assert.Equal(Freshness.Fresh, folded.Freshness);
        Assert.Equal("b", Encoding.UTF8.GetString(folded.Next!.Body));
        Assert.False(folded.Next!.InDoubt);
    }

    [Fact]
    public void An_older_observation_changes_nothing()
    {
        var held = Held(Seen("evt_2", Noon.AddSeconds(1), "b"));

        var folded = Fold.Of(held, Seen("evt_1", Noon, "a"));

        Assert.Equal(Freshness.Stale, folded.Freshness);
        Assert.Same(held, folded.Next);
    }

    [Fact]
    public void The_very_observation_that_is_held_leaves_the_row_as_it_is()
    {
        var held = Held(Seen("evt_1", Noon, "a")) with { Confirmed = true };

        var folded = Fold.Of(held, Seen("evt_1", Noon, "a"));

        Assert.Same(held, folded.Next);
        Assert.Equal(Freshness.Same, folded.Freshness);
    }

    [Fact]
    public void The_same_body_later_is_no_change_but_keeps_the_later_moment()
    {
        var folded = Fold.Of(Held(Seen("evt_1", Noon, "a")), Seen("evt_2", Noon.AddSeconds(5), "a"));

        Assert.Equal(Freshness.Same, folded.Freshness);
        Assert.Equal(Noon.AddSeconds(5), folded.Next!.AsOf);
        Assert.False(folded.InDoubt);
    }

    [Fact]
    public void There_and_back_within_one_second_is_in_doubt_though_the_bodies_are_the_same()
    {
        const string Bad = """{"mood":"bad"}""";
        var first = Seen("evt_1", Noon, Bad) with { Previous = """{"mood":null}"""u8.ToArray() };
        var last = Seen("evt_2", Noon, Bad) with { Previous = """{"mood":"good"}"""u8.ToArray() };

        var forth = Fold.Of(Held(first), last);
        var back = Fold.Of(Held(last), first);
        var again = Fold.Of(Held(first), first with { Cause = "evt_3" });

        Assert.Equal((Question.Doubt, true), (forth.Ask, forth.Next!.InDoubt));
        Assert.Equal((Question.Doubt, true), (back.Ask, back.Next!.InDoubt));
        Assert.Equal((Question.Nothing, false), (again.Ask, again.Next!.InDoubt));
    }

    [Theory]
    [InlineData(5, Question.Doubt)]
    [InlineData(6, Question.Nothing)]
    public void Moments_in_whole_seconds_leave_an_answer_open_until_more_than_the_read_lag_lies_between(
        int secondsLater, object expected)
    {
        var answered = Held(Seen("req_1", Noon.AddSeconds(secondsLater), "a")) with { Source = Source.Fetch, Confirmed = true };

        var folded = Fold.Of(answered, Seen("evt_1", Noon, "b"), readLag: TimeSpan.FromSeconds(5));

        Assert.Equal(expected, folded.Ask);
    }

    [Fact]
    public void A_late_word_that_it_is_gone_is_made_sure_of_though_Stripe_was_asked_since()
    {
        var answered = Held(Seen("req_1", Noon.AddMinutes(1), "a")) with { Source = Source.Fetch, Confirmed = true };
        var word = Seen("evt_1", Noon, "a") with { Deleted = true };

        var folded = Fold.Of(answered, word, readLag: TimeSpan.FromSeconds(5));
        var again = Fold.Of(answered with { Deleted = true }, word, readLag: TimeSpan.FromSeconds(5));

        Assert.Equal((Question.Confirm, true), (folded.Ask, folded.Next!.Deleted));
        Assert.Equal(Question.Nothing, again.Ask);
    }

    [Theory]
    [InlineData(true, Question.Confirm)]
    [InlineData(false, Question.Nothing)]
    public void A_moment_that_may_be_a_test_clocks_is_not_settled_by_an_answer(bool isLate, object expected)
    {
        var answered = Held(Seen("req_1", Noon.AddMinutes(5), "a")) with { Source = Source.Fetch, Confirmed = true };

        var folded = Fold.Of(answered, Seen("evt_1", Noon, "b") with { IsLate = isLate }, readLag: TimeSpan.FromSeconds(5));

        Assert.Equal((Freshness.Stale, expected), (folded.Freshness, folded.Ask));
    }

    [Fact]
    public void Two_bodies_of_one_second_leave_the_row_in_doubt_whichever_came_first()
    {
        var (one, other) = (Seen("evt_1", Noon, "a"), Seen("evt_2", Noon, "b"));

        var forth = Fold.Of(Held(one), other);
        var back = Fold.Of(Held(other), one);

        Assert.True(forth.InDoubt);
        Assert.True(back.InDoubt);
        Assert.Equal("b", Encoding.UTF8.GetString(forth.Next!.Body));
        Assert.Equal("b", Encoding.UTF8.GetString(back.Next!.Body));
        Assert.True(forth.Next!.InDoubt);
        Assert.True(back.Next!.InDoubt);
    }

    [Fact]
    public void What_is_newer_for_certain_ends_the_doubt()
    {
        var doubtful = Fold.Of(Held(Seen("evt_1", Noon, "a")), Seen("evt_2", Noon, "b")).Next;

        Assert.False(Fold.Of(doubtful, Seen("evt_3", Noon.AddSeconds(1), "c")).Next!.InDoubt);
    }

    [Fact]
    public void An_object_that_is_gone_stays_gone_whatever_is_newer()
    {
        var gone = Held(Seen("evt_1", Noon, "a") with { Deleted = true });

        var folded = Fold.Of(gone, Seen("evt_2", Noon.AddHours(1), "b"));

        Assert.Equal(Freshness.Stale, folded.Freshness);
        Assert.True(folded.Next!.Deleted);
    }

    [Fact]
    public void A_status_that_cannot_change_any_more_wins_over_what_is_newer()
    {
        var canceled = Held(Seen("evt_1", Noon, "a", status: "canceled"));

        Assert.Equal(Freshness.Stale, Fold.Of(canceled, Seen("evt_2", Noon.AddHours(1), "b", status: "active")).Freshness);
    }

    [Fact]
    public void Statuses_that_go_both_ways_follow_the_time()
    {
        var pastDue = Held(Seen("evt_1", Noon, "a", status: "past_due"));

        Assert.Equal("active", Fold.Of(pastDue, Seen("evt_2", Noon.AddSeconds(1), "b", status: "active")).Next!.Status);
    }

    [Fact]
    public void An_object_on_a_test_clock_is_always_in_doubt()
    {
        var first = Fold.Of(held: null, Seen("evt_1", Noon, "a") with { IsOnTestClock = true });
        var second = Fold.Of(first.Next, Seen("evt_2", Noon.AddDays(30), "b") with { IsOnTestClock = true });

        Assert.True(first.Next!.InDoubt);
        Assert.True(second.Next!.InDoubt);
    }

    [Fact]
    public void A_first_sight_is_never_confirmed() => Assert.False(Fold.Of(held: null, Seen("evt_1", Noon, "a")).Next!.Confirmed);

    [Fact]
    public void Every_order_of_arrival_ends_in_the_same_row()
    {
        const int Rounds = 3000;
        for (var seed = 1; seed <= Rounds; seed++)
        {
            var chance = new Random(seed);
            Observation[] seen = [.. Enumerable.Range(0, chance.Next(2, 8)).Select(number => Any(chance, number))];
            var expected = FoldAll(seen);
            for (var shuffle = 0; shuffle < 6; shuffle++)
            {
                chance.Shuffle(seen);
                var actual = FoldAll(seen);
                Assert.True(Describe(expected) == Describe(actual), $"seed {seed}: {Describe(expected)} / {Describe(actual)}");
            }
        }
    }

    [Fact]
    public void Folding_an_observation_again_changes_nothing()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var chance = new Random(seed);
            Observation[] seen = [.. Enumerable.Range(0, 5).Select(number => Any(chance, number))];
            var once = FoldAll(seen);

            Assert.True(Describe(once) == Describe(FoldAll([.. seen, .. seen])), $"seed {seed}");
        }
    }

    private static Observation Any(Random chance, int number) =>
        Seen(
            $"evt_{number}",
            Noon.AddSeconds(chance.Next(3)),
            ((char)('a' + chance.Next(3))).ToString(),
            chance.Next(6) is 0 ? "canceled" : "active") with
        {
            Deleted = chance.Next(12) is 0,
        };

    private static MirroredObject FoldAll(IEnumerable<Observation> seen) =>
        seen.Aggregate((MirroredObject?)null, (held, one) => Fold.Of(held, one).Next)!;

    private static string Describe(MirroredObject held) =>
        $"{held.Cause} {Encoding.UTF8.GetString(held.Body)} {held.AsOf:O} {held.Status} {held.Deleted} {held.InDoubt}";

    private static MirroredObject Held(Observation seen) => Fold.Of(held: null, seen).Next!;

    private static Observation Seen(string cause, DateTimeOffset asOf, string body, string status = "active") => new()
    {
        Key = new("", Livemode: true, "subscription", "sub_1"),
        Body = Encoding.UTF8.GetBytes(body),
        Hash = Encoding.UTF8.GetBytes(body),
        ApiVersion = "2026-10-28.endive",
        AsOf = asOf,
        Cause = cause,
        Deleted = false,
        Absorbing = ObjectRelations.IsAbsorbing("subscription", status),
        IsOnTestClock = false,
        Customer = "cus_1",
        Status = status,
        Parent = null,
    };
}
