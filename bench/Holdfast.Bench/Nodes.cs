namespace Holdfast.Bench;

/// <summary>Servers on one database: what they hold is asked of the first, what they use is added up.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    // Below this few jobs are left, and asking how many costs little.
    private const int NearlyNone = 20_000;

    private readonly List<ServerProcess> _servers = [];

    private Nodes()
    {
    }

    public IReadOnlyList<int> Ports => [.. _servers.Select(server => server.Port)];

    /// <summary>From the start of the process to the first answer that it can store; the slowest of them.</summary>
    public TimeSpan ReadyAfter => _servers.Max(server => server.ReadyAfter);

    /// <summary>Starts so many, one after another.</summary>
    /// <exception cref="InvalidOperationException">One ended by itself, or did not become ready.</exception>
    public static async Task<Nodes> StartAsync(int count, string binary, string[] args, Place place)
    {
        var nodes = new Nodes();
        try
        {
            for (var i = 0; i < count; i++)
            {
                nodes._servers.Add(await ServerProcess.StartAsync(binary, args, place));
            }

            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    public Task<Standing> StandingAsync() => _servers[0].StandingAsync();

    public Task<string> NewViewerAsync() => _servers[0].NewViewerAsync();

    /// <summary>Waits until no event is open, asking more often when few are.</summary>
    public async Task<Standing> DrainedAsync(TimeSpan every)
    {
        while (true)
        {
            var standing = await StandingAsync();
            if (standing.Open is 0)
            {
                return standing;
            }

            await Task.Delay(standing.Open < NearlyNone ? every / 10 : every);
        }
    }

    /// <summary>The processor time they have used so far: what an event costs, also on a busy machine.</summary>
    public TimeSpan ProcessorTime() => _servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.ProcessorTime());

    /// <summary>Resident memory of the largest in megabytes: now, and the most there ever was.</summary>
    public (int Now, int Peak) Memory() =>
        (_servers.Max(server => server.Memory().Now), _servers.Max(server => server.Memory().Peak));

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
}
