using System.Text.Json;

namespace Holdfast.EndToEnd.Cli;

/// <summary>Who is told of which nodes, and when that is a reason to worry.</summary>
public sealed class NodesTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_node_alone_is_listed_with_its_version_and_is_alive()
    {
        await using var server = await StartAsync("till");
        await HasAsync(server, "alive");

        var shown = await server.RunAsync(_directory, "nodes");
        var json = await server.RunAsync(_directory, "nodes", "--json");

        Assert.Equal((0, ""), (shown.ExitCode, shown.Errors));
        Assert.Matches(@"^ID +NAME +STATE .*\n1 +till +alive +\S+Z +\S+Z +\d+\.\d+\.\d+\S*\n$", shown.Output);
        Assert.Equal(0, json.ExitCode);
        var answer = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("next_cursor").ValueKind);
        Assert.Equal(
            ["id", "name", "version", "started_at", "seen_at", "ended_at", "state"],
            Assert.Single(answer.GetProperty("data").EnumerateArray()).EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task A_node_that_was_killed_is_missed_until_it_is_back()
    {
        await using (var first = await StartAsync("till"))
        {
            await HasAsync(first, "alive");
            await first.KillAsync();
        }

        await using var second = await StartAsync("till");
        await HasAsync(second, "alive", "lost");

        Assert.Equal(0, (await second.RunAsync(_directory, "nodes")).ExitCode);
    }

    [Fact]
    public async Task The_other_nodes_tell_which_one_died_and_which_one_ended()
    {
        var postgres = await PostgresServer.SharedAsync();
        await postgres.CreateDatabaseAsync("nodes");
        var url = ("DATABASE_URL", (string?)postgres.Url("nodes"));
        await using var witness = await StartAsync("witness", url);
        await using var ending = await StartAsync("ending", url);
        await HasAsync(witness, "alive", "alive");
        await ending.StopAsync();
        Assert.Equal(["ended", "alive"], await StatesAsync(witness));
        Assert.Equal(0, (await witness.RunAsync(_directory, "nodes")).ExitCode);

        await using var dying = await StartAsync("dying", url);
        await HasAsync(witness, "alive", "ended", "alive");
        await dying.KillAsync();

        foreach (var state in (string[])["late", "lost"])
        {
            await HasAsync(witness, state, "ended", "alive");
            var shown = await witness.RunAsync(_directory, "nodes");
            Assert.Equal((1, ""), (shown.ExitCode, shown.Errors));

            // What was late may be lost by the time it is shown.
            Assert.Matches($@"\n3 +dying +({state}|lost) .*\n2 +ending +ended .*\n1 +witness +alive ", shown.Output);
        }

        await using var back = await StartAsync("dying", url);
        await HasAsync(witness, "alive", "lost", "ended", "alive");
        Assert.Equal(0, (await witness.RunAsync(_directory, "nodes")).ExitCode);
    }

    private Task<HoldfastProcess> StartAsync(string name, params (string Name, string? Value)[] settings) =>
        HoldfastProcess.StartAsync(_directory, [("HOLDFAST_NODE", name), .. settings]);

    private static Task HasAsync(HoldfastProcess server, params string[] states) =>
        server.UntilAsync(async () => (await StatesAsync(server)).SequenceEqual(states));

    private static async Task<List<string>> StatesAsync(HoldfastProcess server)
    {
        using var answer = JsonDocument.Parse(await server.Http.GetStringAsync("api/v1/nodes"));
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(
            node => node.GetProperty("state").GetString()!)];
    }
}
