using System.Diagnostics;
using System.Globalization;

namespace Holdfast.EndToEnd.Cli;

/// <summary>The script ./holdfast, in a tree with a compiler and a server that only say what they were asked.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Binary = "artifacts/bin/Holdfast.Server/release/holdfast";
    private readonly WorkingDirectory _tree = new();
    private readonly WorkingDirectory _elsewhere = new();

    public LauncherTests()
    {
        File.Copy(Path.Combine(HoldfastBinary.Sources, "holdfast"), _tree.At("holdfast"));
        foreach (var file in new[] { "src/A.cs", "Directory.Build.props", "Directory.Packages.props", "global.json" })
        {
            _tree.Write(file, "");
        }

        Compiler($"mkdir -p $(dirname {Binary}) && cp server {Binary} && chmod +x {Binary}");
        _tree.Write("server", "#!/bin/sh\necho \"$$ in $(pwd) with $*\"\nexit 7\n");
    }

    public void Dispose()
    {
        _tree.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task It_builds_once_and_then_only_when_a_source_has_changed()
    {
        var first = await RunAsync();
        var second = await RunAsync();
        File.SetLastWriteTimeUtc(_tree.At("src/A.cs"), DateTime.UtcNow.AddMinutes(1));
        var changed = await RunAsync();

        Assert.Equal("Building Holdfast (first run)…\n", first.Errors);
        Assert.Equal("", second.Errors);
        Assert.Equal("Building Holdfast (sources changed)…\n", changed.Errors);
    }

    [Fact]
    public async Task A_source_that_was_taken_away_counts_as_a_change()
    {
        await RunAsync();
        File.Delete(_tree.At("src/A.cs"));
        Directory.SetLastWriteTimeUtc(_tree.At("src"), DateTime.UtcNow.AddMinutes(1));

        Assert.Equal("Building Holdfast (sources changed)…\n", (await RunAsync()).Errors);
    }

    [Fact]
    public async Task It_becomes_the_binary_in_the_callers_directory_with_the_callers_arguments()
    {
        using var process = Start("events", "list", "two words");
        var id = process.Id.ToString(CultureInfo.InvariantCulture);

        var run = await HoldfastRun.FinishAsync(process);

        Assert.Equal(7, run.ExitCode);
        Assert.Equal($"{id} in {_elsewhere.Path} with events list two words\n", run.Output);
    }

    [Fact]
    public async Task It_works_through_a_link()
    {
        File.CreateSymbolicLink(_elsewhere.At("link"), _tree.At("holdfast"));

        var run = await HoldfastRun.FinishAsync(Start(_elsewhere.At("link"), []));

        Assert.Equal(7, run.ExitCode);
    }

    [Fact]
    public async Task A_build_that_fails_shows_why_exits_2_and_is_tried_again()
    {
        Compiler("echo 'error CS1002: ; expected'; exit 1");

        var first = await RunAsync();
        var second = await RunAsync();

        Assert.Equal((2, 2), (first.ExitCode, second.ExitCode));
        Assert.Contains("error CS1002: ; expected\n", first.Errors, StringComparison.Ordinal);
        Assert.Contains("error CS1002: ; expected\n", second.Errors, StringComparison.Ordinal);
        Assert.Equal("", first.Output);
    }

    private void Compiler(string script)
    {
        var path = _tree.Write("bin/dotnet", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private Task<HoldfastRun> RunAsync() => HoldfastRun.FinishAsync(Start());

    private Process Start(params string[] arguments) => Start(_tree.At("holdfast"), arguments);

    private Process Start(string script, string[] arguments) => HoldfastBinary.Start(
        _elsewhere.Path,
        arguments,
        [("PATH", $"{_tree.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}")],
        script);
}
