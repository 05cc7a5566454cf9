using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Holdfast.EndToEnd.Cli;

/// <summary>Dead letters. A subscription without a status can be read by nobody and dies at once.</summary>
public sealed class DeadLetterTests : IAsyncLifetime
{
    private readonly WorkingDirectory _directory = new();
    private HoldfastProcess? _server;

    private HoldfastProcess Server => _server!;

    public async ValueTask InitializeAsync() => _server = await HoldfastProcess.StartAsync(_directory);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task A_dead_letter_is_listed_shown_and_dismissed_with_a_reason()
    {
        var id = await DieAsync("sub_1");

        var listed = await Server.RunAsync(_directory, "dead", "list");
        var letter = listed.Output.Split('\n')[1].Split(' ')[0];
        var shown = await Server.RunAsync(_directory, "dead", "show", letter);
        var dismissed = await Server.RunAsync(_directory, "dead", "dismiss", letter, "--reason", "a test account");
        var afterwards = await Server.RunAsync(_directory, "dead", "list");

        Assert.Equal((0, 0, 0), (listed.ExitCode, shown.ExitCode, dismissed.ExitCode));
        Assert.Contains(id, listed.Output, StringComparison.Ordinal);
        Assert.Matches($@"Event\s+{id}\n", shown.Output);
        Assert.Equal($"{letter} is dismissed.\n", dismissed.Output);
        Assert.Equal((0, "", "No dead letter matches.\n"), (afterwards.ExitCode, afterwards.Output, afterwards.Errors));
    }

    [Fact]
    public async Task Replaying_all_ends_although_each_dies_again_at_once()
    {
        for (var i = 0; i < 5; i++)
        {
            await DieAsync($"sub_{i}");
        }

        var run = await Server.RunAsync(_directory, "dead", "replay", "--all", "--rate", "100");

        Assert.Equal((0, "Put back 5 dead letter(s).\n"), (run.ExitCode, run.Output));
        await Server.UntilAsync(async () => await DeadAsync() is 5);
    }

    [Fact]
    public async Task Replaying_by_fingerprint_leaves_the_others()
    {
        await DieAsync("sub_1");

        var run = await Server.RunAsync(_directory, "dead", "replay", "--fingerprint", "another", "--json");

        Assert.Equal((0, "{\"replayed\":0,\"gone\":0}\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Interrupting_a_replay_stops_it_and_says_how_far_it_came()
    {
        for (var i = 0; i < 8; i++)
        {
            await DieAsync($"sub_{i}");
        }

        // One a second: with the first on its way, the other seven are far off. What a shell starts in the background is
        // deaf to Ctrl-C, and so is all that it starts in turn; one that somebody types at is not.
        using var process = HoldfastBinary.Start(
            _directory.Path,
            ["--default-signal=INT", HoldfastBinary.Path, "dead", "replay", "--all", "--rate", "1"],
            Server.Client,
            "/usr/bin/env");
        var finished = HoldfastRun.FinishAsync(process);
        await Server.UntilAsync(async () => await ReplayedAsync() > 0);
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var run = await finished;

        Assert.Equal(130, run.ExitCode);
        Assert.Matches(@"Stopped\. Put back [1-7] dead letter\(s\); run it again to go on\.\n$", run.Errors);
    }

    private Task<string> DieAsync(string subscription) => Server.TellAsync(
        "customer.subscription.updated", $$"""{"id":"{{subscription}}","object":"subscription","customer":"cus_1"}""");

    private async Task<long> DeadAsync()
    {
        using var stats = JsonDocument.Parse(await Server.Http.GetStringAsync("api/v1/stats"));
        return stats.RootElement.GetProperty("jobs").GetProperty("event").GetProperty("dead").GetInt64();
    }

    /// <summary>How many dead letters have been tried more than once.</summary>
    private async Task<int> ReplayedAsync()
    {
        using var page = JsonDocument.Parse(await Server.Http.GetStringAsync("api/v1/dead-letters"));
        return page.RootElement.GetProperty("data").EnumerateArray()
            .Count(letter => letter.GetProperty("attempts").GetInt32() > 1);
    }
}
