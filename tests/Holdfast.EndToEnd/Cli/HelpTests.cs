using System.Text;

namespace Holdfast.EndToEnd.Cli;

/// <summary>The help is a public promise: scripts and people rely on its names.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_help_of_every_verb_is_as_approved()
    {
        var help = new StringBuilder();
        await AppendAsync(help, []);

        var approved = Path.Combine(HoldfastBinary.Sources, "tests/Holdfast.EndToEnd/Cli/help.approved.txt");
        var received = _directory.Write("help.received.txt", help.ToString());
        if (File.Exists(approved)
            && await File.ReadAllTextAsync(approved, TestContext.Current.CancellationToken) == help.ToString())
        {
            return;
        }

        var kept = Path.Combine(AppContext.BaseDirectory, "help.received.txt");
        File.Copy(received, kept, overwrite: true);
        Assert.Fail(
            $"The help is not as approved. If the change is meant, say so in CHANGELOG.md and run: "
            + $"cp {kept} {approved}");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var run = await HoldfastRun.OfAsync(_directory.Path, ["--version"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", run.Output);
    }

    /// <summary>Walks the tree of verbs by what the help itself names.</summary>
    private async Task AppendAsync(StringBuilder help, string[] verb)
    {
        var run = await HoldfastRun.OfAsync(_directory.Path, [.. verb, "--help"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        help.Append("$ holdfast ").AppendJoin(' ', [.. verb, "--help"]).Append('\n')
            .Append(run.Output.TrimEnd()).Append("\n\n");
        var commands = run.Output.Split('\n').SkipWhile(line => line is not "Commands:").Skip(1)
            .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal));
        foreach (var command in commands)
        {
            await AppendAsync(help, [.. verb, command.Trim().Split(' ')[0]]);
        }
    }
}
