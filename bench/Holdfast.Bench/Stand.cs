namespace Holdfast.Bench;

/// <summary>What is measured on: an engine, and how many nodes share it.</summary>
/// <param name="nodes">Each a process of its own on the same database; the load is split between them.</param>
/// <param name="postgres">Null for SQLite.</param>
internal sealed class Stand(string name, int nodes, PostgresServer? postgres, BenchOptions options) : IAsyncDisposable
{
    public const string Feature = "seats";

    private readonly List<Place> _made = [];

    public string Name => name;

    public PostgresServer? Postgres => postgres;

    /// <summary>A database of its own, which ends with the stand.</summary>
    public async Task<Place> NewPlaceAsync()
    {
        var directory = Directory.CreateDirectory(
            Path.Combine(options.Directory, Guid.CreateVersion7().ToString("N"))).FullName;
        var database = postgres is null ? null : await postgres.NewDatabaseAsync();
        var place = new Place(directory, "", database);
        place = place with { Url = database is null ? $"sqlite:{place.File}" : postgres!.Url(database) };
        _made.Add(place);
        await File.WriteAllTextAsync(
            place.Plans,
            $$"""
            {"plans":[{"id":"team","prices":["{{Workload.Price}}"],"features":{"{{Feature}}":{"per_quantity":1} } }]}
            """);
        return place;
    }

    /// <summary>Fills a database that no server has yet with the next events of a story.</summary>
    /// <param name="isApplied">Their jobs are said to be done, and nothing is mirrored: history, not work.</param>
    public async Task StoreAsync(Place place, Workload workload, int count, bool isApplied)
    {
        if (postgres is null)
        {
            await Backlog.StoreAsync(place, workload, count, isApplied);
            return;
        }

        await ServerProcess.RunAsync(options.Server, ["migrate"], place);
        await PostgresBacklog.StoreAsync(postgres, place, workload, count, isApplied);
    }

    /// <summary>Starts the servers on a database.</summary>
    public Task<Nodes> StartAsync(Place place) => Nodes.StartAsync(nodes, options.Server, ["serve"], place);

    /// <summary>Starts servers with a part of their work left out; see <see cref="BaselineHost"/>.</summary>
    public Task<Nodes> StartSelfAsync(string mode, Place place) =>
        Nodes.StartAsync(nodes, Environment.ProcessPath!, ["serve", mode], place);

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _made)
        {
            Directory.Delete(place.Directory, recursive: true);
            if (place.Name is not null)
            {
                await postgres!.DropAsync(place.Name);
            }
        }
    }
}
