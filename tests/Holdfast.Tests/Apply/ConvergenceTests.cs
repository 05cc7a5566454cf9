using Holdfast.Jobs;
using Holdfast.Tests.Shop;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Apply;

/// <summary>The month of a shop ends in one state, however its events arrive.</summary>
public sealed class ConvergenceTests
{
    private const int Customers = 36;
    private const int Shuffles = 6;

    public static TheoryData<Engine, ApiVersionShape> EveryEngineAndVersion =>
        [.. Enum.GetValues<Engine>().SelectMany(engine =>
            Enum.GetValues<ApiVersionShape>().Select(shape => (engine, shape)))];

    [Theory, MemberData(nameof(EveryEngineAndVersion))]
    public async Task Shuffled_doubled_and_otherwise_batched_it_ends_in_the_same_state(Engine engine, ApiVersionShape shape)
    {
        var month = ShopMonth.Write(shape, seed: 7, Customers).Select(one => one.Body).ToArray();
        var expected = await RunAsync(engine, month, batch: 64, group: 50);
        for (var seed = 1; seed <= Shuffles; seed++)
        {
            var chance = new Random(seed);
            byte[][] arrivals = [.. month, .. month.Where(_ => chance.Next(3) is 0)];
            chance.Shuffle(arrivals);

            var actual = await RunAsync(engine, arrivals, batch: chance.Next(1, 200), group: chance.Next(1, 90));

            Assert.True(expected == actual, $"seed {seed} ends in another state");
        }
    }

    [Theory, EveryEngine]
    public async Task Split_over_crashes_it_ends_in_the_same_state(Engine engine)
    {
        var month = ShopMonth.Write(ApiVersionShape.Endive, seed: 7, Customers).Select(one => one.Body).ToArray();
        var expected = await RunAsync(engine, month, batch: 64, group: 50);
        for (var seed = 1; seed <= 3; seed++)
        {
            var chance = new Random(seed);
            chance.Shuffle(month);
            await using var shop = await TestEngine.CreateAsync(engine, new() { BatchSize = 20 });
            foreach (var group in month.Chunk(40))
            {
                await shop.DeliverAsync(group);
                if (chance.Next(2) is 0)
                {
                    await shop.Worker.StartAsync(TestContext.Current.CancellationToken);
                    await shop.Worker.TurnAsync(TestContext.Current.CancellationToken);
                }

                if (chance.Next(4) is 0)
                {
                    // The run never says that it ended, as when the process is killed.
                    await shop.RestartAsync();
                }
            }

            await shop.Worker.StartAsync(TestContext.Current.CancellationToken);
            await shop.ApplyAllAsync();

            Assert.True(expected == await shop.HashAsync(), $"seed {seed} ends in another state");
        }
    }

    [Theory, EveryEngine]
    public async Task Every_event_of_the_month_is_applied_and_none_is_dead(Engine engine)
    {
        foreach (var shape in Enum.GetValues<ApiVersionShape>())
        {
            await using var shop = await TestEngine.CreateAsync(engine);
            var month = ShopMonth.Write(shape, seed: 11, Customers);

            await shop.DeliverAsync([.. month.Select(one => one.Body)]);
            await shop.ApplyAllAsync();

            Assert.Equal([JobState.Completed.Name], await shop.Store.TextsAsync("select distinct state from jobs"));
            Assert.Equal(month.Count, await shop.Store.NumberAsync("select sum(value) from counters where name = 'applied'"));
        }
    }

    private static async Task<string> RunAsync(Engine engine, byte[][] bodies, int batch, int group)
    {
        await using var shop = await TestEngine.CreateAsync(engine, new() { BatchSize = batch });
        foreach (var together in bodies.Chunk(group))
        {
            await shop.DeliverAsync(together);
            await shop.Worker.TurnAsync(TestContext.Current.CancellationToken);
        }

        await shop.ApplyAllAsync();
        return await shop.HashAsync();
    }
}
