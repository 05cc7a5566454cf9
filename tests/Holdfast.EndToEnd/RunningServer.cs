namespace Holdfast.EndToEnd;

/// <summary>A server that the tests of one class share, as nothing they send is meant to last.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    public const string FirstSecret = "whsec_the_first_of_two";
    public const string SecondSecret = "whsec_the_second_of_two";

    private readonly TestDirectory _home = new();

    internal ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await ServerProcess.StartAsync(
        _home.Url,
        ("Holdfast__Ingest__Endpoints__rolled__Secrets__0", FirstSecret),
        ("Holdfast__Ingest__Endpoints__rolled__Secrets__1", SecondSecret));

    /// <summary>Whatever the tests have sent: it was answered, and never an error that nobody had thought of.</summary>
    public async ValueTask DisposeAsync()
    {
        var exitCode = await Process.StopAsync();
        var output = Process.Output;
        await Process.DisposeAsync();
        _home.Dispose();
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("unhandled exception", output, StringComparison.OrdinalIgnoreCase);
    }
}
