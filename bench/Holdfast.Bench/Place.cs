namespace Holdfast.Bench;

/// <summary>One database to measure on, and the directory its servers run in.</summary>
/// <param name="Url">What the servers are given as <c>DATABASE_URL</c>.</param>
/// <param name="Name">The database's name on the PostgreSQL server; null with SQLite.</param>
internal sealed record Place(string Directory, string Url, string? Name)
{
    public string File => Path.Combine(Directory, "holdfast.db");

    public string Plans => Path.Combine(Directory, "plans.json");
}
