using System.Net;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed class CrashTests
{
    private const int Cycles = 50;
    private const int Connections = 16;
    private const int MaxUnlucky = 2;

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

        await last.SettledAsync();
        await PutBackAsync(last);
        Assert.Equal(0, await last.StopAsync());

        using var end = home.Look();
        Assert.Equal(sent.Union(unacknowledged).Order(), end.EventIds().Order());
        end.AssertAppliedOnce();
    }

    /// <summary>
    /// So many kills may hit an event twice while it is alone. Nobody can tell that it was not its doing, so a person puts
    /// it back.
    /// </summary>
    private static async Task PutBackAsync(ServerProcess server)
    {
        var letters = (await server.GetAsync("/api/v1/dead-letters")).GetProperty("data").EnumerateArray().ToArray();
        Assert.InRange(letters.Length, 0, MaxUnlucky);
        foreach (var letter in letters)
        {
            Assert.StartsWith("The process died", letter.GetProperty("error").GetString(), StringComparison.Ordinal);
            var replay = $"/api/v1/dead-letters/{letter.GetProperty("id").GetString()}/replay";
            Assert.Equal(HttpStatusCode.Accepted, (await server.CallAsync(HttpMethod.Post, replay)).Status);
        }

        await server.SettledAsync();
    }
}
