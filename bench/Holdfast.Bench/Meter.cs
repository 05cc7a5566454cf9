namespace Holdfast.Bench;

/// <summary>Adds up the processor time that servers, and the PostgreSQL server under them, use while it runs.</summary>
internal sealed class Meter(Nodes nodes, PostgresServer? postgres)
{
    private TimeSpan _servers;
    private TimeSpan _database;

    public void Start()
    {
        _servers -= nodes.ProcessorTime();
        _database -= postgres?.ProcessorTime() ?? TimeSpan.Zero;
    }

    public void Stop()
    {
        _servers += nodes.ProcessorTime();
        _database += postgres?.ProcessorTime() ?? TimeSpan.Zero;
    }

    /// <summary>What one of so many requests or events cost.</summary>
    public string Each(double count) => postgres is null
        ? Report.Each(_servers, count)
        : $"{Report.Each(_servers, count)} and {Report.Each(_database, count)} in PostgreSQL";
}
