using System.Net;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed class CrashTests
{
    private const int Cycles = 50;
    private const int Connections = 16;

    [Fact]
    public async Task Fifty_kills_under_load_lose_no_acknowledged_event_and_each_is_applied_once()
    {
        using var home = new TestDirectory();
        var chance = new Random(20260101);
        var sent = new HashSet<string>();
        var unacknowledged = new List<string>();
        for (var cycle = 1; cycle <= Cycles; cycle++)
        {
            await using var server = await ServerProcess.StartAsync(home.Database);
            var load = Load.Start(server, Connections, $"{cycle}");
            await load.AcknowledgedAsync(chance.Next(1, 120));
            server.Kill();
            await load.GoneAsync();

            using var kept = new KeptStore(home.Database);
            Assert.Empty(load.Acknowledged.Except(kept.EventIds()));
            sent.UnionWith(load.Acknowledged);
            unacknowledged.AddRange(load.Unacknowledged);
        }

        await using var last = await ServerProcess.StartAsync(home.Database);
        foreach (var id in unacknowledged)
        {
            Assert.Equal(HttpStatusCode.OK, (await last.DeliverAsync(StripeEvent.Of(id))).Status);
        }

        await last.SettledAsync();
        Assert.Equal(0, await last.StopAsync());

        using var end = new KeptStore(home.Database);
        Assert.Equal(sent.Union(unacknowledged).Order(), end.EventIds().Order());
        end.AssertAppliedOnce();
    }
}
