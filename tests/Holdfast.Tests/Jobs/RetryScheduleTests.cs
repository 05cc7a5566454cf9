using FsCheck;
using FsCheck.Fluent;
using Holdfast.Jobs;

namespace Holdfast.Tests.Jobs;

public sealed class RetryScheduleTests
{
    private static readonly Gen<RetrySchedule> Schedules =
        from immediate in Gen.Choose(0, 10)
        from first in Gen.Choose(1, 86_400_000)
        from longer in Gen.Choose(0, 518_400_000)
        from factor in Gen.Choose(100, 10_000)
        from jitter in Gen.Choose(0, 100)
        from tries in Gen.Choose(1, 1000)
        select new RetrySchedule
        {
            Immediate = immediate,
            FirstDelay = TimeSpan.FromMilliseconds(first),
            MaxDelay = TimeSpan.FromMilliseconds((long)first + longer),
            Factor = factor / 100d,
            Jitter = jitter / 100d,
            MaxTries = tries,
        };

    private static readonly Gen<(RetrySchedule Schedule, int Tried, double Chance)> Moments =
        from schedule in Schedules
        from tried in Gen.Choose(1, 1000)
        from chance in Gen.Choose(0, 999)
        select (schedule, tried, chance / 1000d);

    [Fact]
    public void A_delay_is_never_negative_and_never_beyond_its_bound() => Holds(moment =>
        moment.Schedule.DelayAfter(moment.Tried, moment.Chance) is var delay
        && delay >= TimeSpan.Zero && delay <= moment.Schedule.MaxDelay);

    [Fact]
    public void Without_chance_no_delay_is_shorter_than_the_one_before() => Holds(moment =>
        moment.Schedule.DelayAfter(moment.Tried + 1, chance: 0) >= moment.Schedule.DelayAfter(moment.Tried, chance: 0));

    [Fact]
    public void Chance_only_shortens_a_delay_and_by_no_more_than_its_share() => Holds(moment =>
    {
        var full = moment.Schedule.DelayAfter(moment.Tried, chance: 0);
        var delay = moment.Schedule.DelayAfter(moment.Tried, moment.Chance);
        return delay <= full && delay >= (full * (1 - moment.Schedule.Jitter)) - TimeSpan.FromMilliseconds(1);
    });

    [Fact]
    public void The_immediate_tries_and_only_they_come_without_delay() => Holds(moment =>
        (moment.Schedule.DelayAfter(moment.Tried, chance: 0) == TimeSpan.Zero)
        == (moment.Tried <= moment.Schedule.Immediate));

    [Fact]
    public void The_last_try_is_exactly_the_one_of_that_number() => Holds(moment =>
        Enumerable.Range(1, 1000).First(moment.Schedule.IsLast) == moment.Schedule.MaxTries);

    [Fact]
    public void Each_delay_exceeds_the_one_before_by_the_factor()
    {
        var schedule = new RetrySchedule
        {
            Immediate = 2,
            FirstDelay = TimeSpan.FromSeconds(1),
            Factor = 4,
            MaxDelay = TimeSpan.FromSeconds(50),
            Jitter = 0.2,
        };

        Assert.Equal(
            [0, 0, 1, 4, 16, 50, 50],
            Enumerable.Range(1, 7).Select(tried => schedule.DelayAfter(tried, chance: 0).TotalSeconds));
        Assert.Equal(3.6, schedule.DelayAfter(4, chance: 0.5).TotalSeconds, precision: 6);
    }

    private static void Holds(Func<(RetrySchedule Schedule, int Tried, double Chance), bool> claim) =>
        Prop.ForAll(Moments.ToArbitrary(), claim).QuickCheckThrowOnFailure();
}
