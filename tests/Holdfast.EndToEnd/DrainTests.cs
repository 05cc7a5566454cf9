using System.Diagnostics;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed class DrainTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    [Theory, EveryEngine]
    public async Task A_server_asked_to_stop_under_load_keeps_what_it_acknowledged_and_ends_in_good_order(Engine engine)
    {
        await using var home = await TestStore.CreateAsync(engine);
        Load load;
        await using (var server = await ServerProcess.StartAsync(home.Url))
        {
            load = Load.Start(server, connections: 32, "drain");
            await load.AcknowledgedAsync(200);
            var since = Stopwatch.StartNew();
            server.Terminate();

            Assert.Equal(0, await server.ExitAsync());
            Assert.True(since.Elapsed < Limit, $"It took {since.Elapsed} to stop.");
            await load.GoneAsync();
        }

        using (var kept = home.Look())
        {
            Assert.Empty(load.Acknowledged.Except(kept.EventIds()));
            Assert.Equal(0, kept.Number("select count(*) from nodes where ended_at is null"));
        }

        await using var next = await ServerProcess.StartAsync(home.Url);
        await next.SettledAsync();
        Assert.Equal(0, await next.StopAsync());
        Assert.DoesNotContain("run alone first", next.Output, StringComparison.Ordinal);
        using var end = home.Look();
        end.AssertAppliedOnce();
    }

    [Theory, EveryEngine]
    public async Task A_killed_server_is_careful_at_its_next_start_so_the_absence_of_care_means_something(Engine engine)
    {
        await using var home = await TestStore.CreateAsync(engine);
        await using (var server = await ServerProcess.StartAsync(
            home.Url, ("POISON_TYPE", "customer.updated"), ("POISON_EFFECT", "hangs")))
        {
            await server.DeliverAsync(StripeEvent.Of("evt_1", "customer.updated"));
            server.Kill();
            await server.ExitAsync();
        }

        await using var next = await ServerProcess.StartAsync(home.Url);
        await next.JobStateIsAsync("evt_1", "completed");
        Assert.Equal(0, await next.StopAsync());
        Assert.Contains("run alone first", next.Output, StringComparison.Ordinal);
    }
}
