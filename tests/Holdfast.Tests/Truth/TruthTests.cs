using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Holdfast.Alerts;
using Holdfast.Apply;
using Holdfast.Ingest;
using Holdfast.Stripe;

namespace Holdfast.Tests.Truth;

/// <summary>
/// A shop on a simulated Stripe, in every weather, on every engine: when it has cleared, Holdfast holds what Stripe holds.
/// </summary>
/// <remarks>Other seeds: <c>TRUTH_SEED=$(seq -s, 1 200) … -class Holdfast.Tests.Truth.TruthTests</c>.</remarks>
public sealed class TruthTests
{
    /// <summary>With a test key 20, and what was saved up in the fifth of a second before.</summary>
    private const int MostCallsInASecond = 24;

    /// <summary>Of the events that are fetched, in mild weather.</summary>
    private const double MildShare = 0.25;

    private const string SeedVariable = "TRUTH_SEED";

    /// <summary>One at least of each kind of weather, and those that have found something.</summary>
    private static readonly int[] Seeds = [3, 7, 11, 24, 35, 46, 58, 69, 130];

    [Theory, EveryEngine]
    public Task After_a_month_in_any_weather_the_mirror_is_what_Stripe_holds(Engine engine) => ForEachAsync(
        engine,
        SeedsToRun(),
        async month =>
        {
            var comparison = await month.CompareAsync();

            Assert.True(comparison.Differences.Count is 0, string.Join('\n', comparison.Differences));
            Assert.True(comparison.Objects > 10, $"Only {comparison.Objects} objects were told of.");
            Assert.Equal(0, await month.DeadAsync());
            Assert.InRange(month.Line.MostInASecond, 0, MostCallsInASecond);
        },
        months =>
        {
            var mild = months.Where(month => month.Climate.IsMild).ToArray();
            var (fetches, events) = (mild.Sum(month => month.Fetches), mild.Sum(month => month.Events));
            Assert.True(fetches <= events * MildShare, $"{fetches} fetches for {events} events in mild weather.");
        });

    [Theory, EveryEngine]
    public Task Without_a_key_what_differs_says_that_it_is_in_doubt(Engine engine) => ForEachAsync(
        engine,
        SeedsToRun().Where(seed => !Climate.Of(seed).LosesEvents),
        async month =>
        {
            var sure = (await month.CompareAsync()).Differences.Where(difference => !difference.IsInDoubt);

            Assert.True(!sure.Any(), string.Join('\n', sure));
            Assert.Equal(0, month.Line.Calls);
        },
        key: null);

    [Theory, EveryEngine]
    public async Task A_key_revoked_in_a_storm_costs_nothing_once_it_works_again(Engine engine)
    {
        await using var month = await Month.OpenAsync(engine, seed: 3);
        await month.BeginAsync();
        await month.PassUntilToldAsync(20);

        month.RevokeKey();
        await month.PassUntilToldAsync(20);
        await month.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(0, await month.OpenAsync(StoredEvent.JobKind));
        Assert.NotEqual(0, await month.OpenAsync(Fetch.JobKind));
        Assert.Equal(0, await month.DeadAsync());
        Assert.Contains(AlertKinds.StripeKey, await month.AlertsAsync());
        Assert.IsType<ChangeAnswer.Later>(await month.ChangeAsync("while it is revoked"));

        month.RestoreKey();
        await month.PassAsync(TimeSpan.FromDays(1));
        Assert.IsType<ChangeAnswer.Made>(await month.ChangeAsync("when it works again"));
        await month.SettleAsync();
        Assert.Empty((await month.CompareAsync()).Differences);
        Assert.Equal(0, await month.DeadAsync());
        Assert.DoesNotContain(AlertKinds.StripeKey, await month.AlertsAsync());
    }

    /// <summary>Plays the months of these seeds, several at once, and judges each when it has come to rest.</summary>
    private static async Task ForEachAsync(
        Engine engine,
        IEnumerable<int> seeds,
        Func<Month, Task> judge,
        Action<IReadOnlyCollection<Figures>>? judgeAll = null,
        string? key = WiredEngine.Key)
    {
        var failures = new ConcurrentBag<(int Seed, string What)>();
        var months = new ConcurrentBag<(Figures Figures, TimeSpan Took)>();
        var several = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForEachAsync(seeds, several, async (seed, _) =>
        {
            var watch = Stopwatch.StartNew();
            await using var month = await Month.OpenAsync(engine, seed, key);
            try
            {
                await month.PassAsync();
                await month.SettleAsync();
                await judge(month);
                months.Add((month.Figures, watch.Elapsed));
            }
            catch (Exception exception)
            {
                failures.Add((seed, $"{exception.Message}\n{month.Struck}\n{exception.StackTrace}"));
            }
        });

        Report(engine, [.. months]);
        Assert.True(failures.IsEmpty, string.Join('\n', failures.OrderBy(failure => failure.Seed).Select(failure =>
            $"{SeedVariable}={failure.Seed} plays it again ({engine}, {Climate.Of(failure.Seed).Name}): {failure.What}")));
        judgeAll?.Invoke([.. months.Select(one => one.Figures)]);
    }

    private static void Report(Engine engine, (Figures Figures, TimeSpan Took)[] months)
    {
        foreach (var kind in months.GroupBy(one => one.Figures.Climate.Name).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{engine}, {kind.Key}: {kind.Count()} months, {kind.Sum(one => one.Figures.Events)} events, "
                + $"{kind.Sum(one => one.Figures.Fetches)} fetches, {kind.Sum(one => one.Figures.Calls)} calls, "
                + $"{kind.Max(one => one.Figures.MostInASecond)} in a second at the most, "
                + $"{kind.Sum(one => one.Figures.Ticks)} ticks, {kind.Average(one => one.Took.TotalSeconds):0.00} s each"));
        }
    }

    private static IEnumerable<int> SeedsToRun() =>
        Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given
            ? given.Split(',').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))
            : Seeds;
}
