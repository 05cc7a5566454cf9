using System.Net;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed class CrashTests
{
    private const int Cycles = 50;
    private const int Connections = 16;

    [Theory, EveryEngine]
    public async Task Fifty_kills_under_load_lose_no_acknowledged_event_and_each_is_applied_once(Engine engine)
    {
        await using var home = await TestStore.CreateAsync(engine);
        var chance = new Random(20260101);
        var sent = new HashSet<string>();
        var unacknowledged = new List<string>();
        for (var cycle = 1; cycle <= Cycles; cycle++)
        {
            await using var server = await ServerProcess.StartAsync(home.Url);
            var load = Load.Start(server, Connections, $"{cycle}");
            await load.AcknowledgedAsync(chance.Next(1, 120));
            server.Kill();
            await load.GoneAsync();

            using var kept = home.Look();
            Assert.Empty(load.Acknowledged.Except(kept.EventIds()));
            sent.UnionWith(load.Acknowledged);
            unacknowledged.AddRange(load.Unacknowledged);
        }

        await using var last = await ServerProcess.StartAsync(home.Url);
        foreach (var id in unacknowledged)
        {
            Assert.Equal(HttpStatusCode.OK, (await last.DeliverAsync(StripeEvent.Of(id))).Status);
        }

        await Unlucky.PutBackAsync(last);
        Assert.Equal(0, await last.StopAsync());

        using var end = home.Look();
        Assert.Equal(sent.Union(unacknowledged).Order(), end.EventIds().Order());
        end.AssertAppliedOnce();
    }
}
