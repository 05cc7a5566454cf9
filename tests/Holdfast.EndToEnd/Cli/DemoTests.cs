using System.Diagnostics;
using System.Globalization;

namespace Holdfast.EndToEnd.Cli;

/// <summary>The first thing a stranger runs.</summary>
[Collection(ServerTests.Name)]
public sealed class DemoTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_ends_by_itself_when_both_sides_agree_and_leaves_nothing_behind()
    {
        var run = await HoldfastRun.OfAsync(
            _directory.Path, ["demo", "--months", "1", "--customers", "6", "--port", "0"], ("TMPDIR", _directory.Path));

        Assert.True(run.ExitCode is 0, run.Output + run.Errors);
        Assert.Equal("", run.Errors);
        Assert.Contains("Both sides agree", run.Output, StringComparison.Ordinal);
        Assert.Contains(", 0 different.", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Empty(_directory.Contents());
    }

    [Fact]
    public async Task It_stops_in_good_order_when_it_is_told_to()
    {
        using var process = HoldfastBinary.Start(
            _directory.Path, ["demo", "--port", "0"], [("TMPDIR", _directory.Path)]);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.StartsWith("It goes on", StringComparison.Ordinal))
        {
        }

        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var run = await HoldfastRun.FinishAsync(process);
        Assert.True(run.ExitCode is 0, run.Output + run.Errors);
        Assert.EndsWith("Stopped.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal("", run.Errors);
        Assert.Empty(_directory.Contents());
    }
}
