using System.Net;

namespace Holdfast.EndToEnd.Postgres;

[Collection(ServerTests.Name)]
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_database_that_has_no_space_is_told_to_the_sender_and_goes_on_when_it_has()
    {
        Assert.SkipUnless(SmallDisk.CanBeMade, "Only root can mount a small disk.");
        using var disk = new SmallDisk(megabytes: 64);
        await using var server = await PostgresServer.CreateAsync();
        await server.CreateTablespaceAsync("small", disk.Path);
        await using var store = await PostgresStore.CreateAsync(server, "small");
        await using var node = await ServerProcess.StartAsync(store.Url);
        await FillAsync(disk, leave: 4);

        var acknowledged = await Trouble.UntilUnavailableAsync(node);
        File.Delete(disk.Ballast);

        await Trouble.AssertRecoversAsync(node, store.Look, acknowledged);
        Assert.DoesNotContain("PANIC", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ends_because_its_log_has_no_space_is_found_again_when_it_is_back()
    {
        Assert.SkipUnless(SmallDisk.CanBeMade, "Only root can mount a small disk.");
        using var disk = new SmallDisk(megabytes: 80);
        await using var server = await PostgresServer.CreateAsync(new() { LogRoot = disk.Path });
        await using var store = await PostgresStore.CreateAsync(server);
        await using var node = await ServerProcess.StartAsync(store.Url);
        await FillAsync(disk, leave: 0);

        // A server that cannot write down what it is about to do does nothing more.
        var acknowledged = new List<string>();
        await Wait.UntilAsync("the server panics", async () =>
        {
            var ids = Enumerable.Range(0, 20).Select(number => $"evt_{acknowledged.Count}_{number}").ToArray();
            var answers = await Task.WhenAll(ids.Select(id => node.DeliverAsync(StripeEvent.Of(id, more: Trouble.Filler))));
            acknowledged.AddRange(ids.Where((_, index) => answers[index].Status is HttpStatusCode.OK));
            return server.Log.Contains("PANIC", StringComparison.Ordinal);
        });
        File.Delete(disk.Ballast);
        await Wait.UntilAsync("it is back", async () =>
        {
            if (!server.IsRunning)
            {
                await server.StartAsync();
            }

            return (await node.CallAsync(HttpMethod.Get, "/readyz")).Status is HttpStatusCode.OK;
        });

        await Trouble.AssertRecoversAsync(node, store.Look, acknowledged);
    }

    private static async Task FillAsync(SmallDisk disk, int leave)
    {
        var free = new DriveInfo(disk.Path).AvailableFreeSpace - (leave * 1024L * 1024L);
        await using var ballast = File.Create(disk.Ballast);
        var block = new byte[1024 * 1024];
        for (; free > 0; free -= block.Length)
        {
            await ballast.WriteAsync(block.AsMemory(0, (int)Math.Min(free, block.Length)));
        }
    }
}
