using System.Net;
using System.Net.Sockets;

namespace Holdfast.EndToEnd.Cli;

/// <summary>What is typed wrong, and verbs that find no server.</summary>
public sealed class MisuseTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("evnts list", "Did you mean")]
    [InlineData("frobnicate", "Unrecognized command or argument 'frobnicate'.")]
    [InlineData("", "Usage:")]
    [InlineData("events", "Usage:")]
    [InlineData("events list --limit many", "--limit is a whole number from 1 to 500, not \"many\".")]
    [InlineData("events list --limit 0", "--limit is a whole number from 1 to 500, not \"0\".")]
    [InlineData("events list --state broken", "--state is one of waiting, running, completed, unknown, dead")]
    [InlineData("events list --livemode maybe", "--livemode is one of true, false, not \"maybe\".")]
    [InlineData("events show", "Required argument missing")]
    [InlineData("dead replay", "Say which: the ID of one dead letter, or --all, or --fingerprint F.")]
    [InlineData("dead replay job_1 --all", "Say which: the ID of one dead letter, or --all, or --fingerprint F.")]
    [InlineData("dead replay --all --rate 0", "--rate is a whole number from 1 to 1000, not \"0\".")]
    [InlineData("dead dismiss job_1", "Option '--reason' is required.")]
    [InlineData("tokens create --name ci --role god", "--role is one of viewer, support, operator, admin")]
    [InlineData("tokens revoke abc", "ID is a whole number, not \"abc\".")]
    [InlineData("events show ..", "\"..\" is no id.")]
    public async Task Misuse_is_explained_on_stderr_and_exits_2(string typed, string explained)
    {
        var run = await HoldfastRun.OfAsync(_directory.Path, typed.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(explained, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_a_verb_says_which_url_was_tried_and_how_to_start_one()
    {
        var run = await HoldfastRun.OfAsync(
            _directory.Path, ["stats"], ("HOLDFAST_SERVER", $"http://127.0.0.1:{ClosedPort()}"));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Matches(
            @"^No Holdfast server answers at http://127\.0\.0\.1:\d+ \(.+\)\. Start one with ""holdfast serve""",
            run.Errors);
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Access_that_cannot_be_checked_is_neither_yes_nor_no()
    {
        var run = await HoldfastRun.OfAsync(
            _directory.Path,
            ["access", "check", "cus_1", "export"],
            ("HOLDFAST_SERVER", $"http://127.0.0.1:{ClosedPort()}"));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task A_server_that_is_no_url_is_told_apart_from_one_that_does_not_answer()
    {
        var run = await HoldfastRun.OfAsync(_directory.Path, ["stats"], ("HOLDFAST_SERVER", "localhost:8000"));

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(
            "HOLDFAST_SERVER is \"localhost:8000\", which is no URL", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>A port that was free a moment ago.</summary>
    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
