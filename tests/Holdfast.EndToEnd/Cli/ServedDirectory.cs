namespace Holdfast.EndToEnd.Cli;

/// <summary>One server for the tests of a class, with a plan to sell.</summary>
public sealed class ServedDirectory : IAsyncLifetime
{
    private HoldfastProcess? _server;

    internal WorkingDirectory Directory { get; } = new();

    internal HoldfastProcess Server => _server!;

    public async ValueTask InitializeAsync()
    {
        Directory.Write("data/plans.json", """
            {"plans":[{"id":"pro","prices":["price_pro"],"features":{"export":true,"seats":{"per_quantity":1}}}]}
            """);
        _server = await HoldfastProcess.StartAsync(Directory);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Dispose();
    }

    internal Task<HoldfastRun> RunAsync(params IEnumerable<string> arguments) => Server.RunAsync(Directory, arguments);
}
