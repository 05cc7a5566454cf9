namespace Holdfast.EndToEnd;

/// <summary>A directory of one test's own, with a database in it; gone with the test.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("holdfast-").FullName;

    /// <summary>In a directory of its own, so that it can be deleted as a whole.</summary>
    public string Database => System.IO.Path.Combine(Path, "data", "holdfast.db");

    /// <summary>What a server is told in <c>DATABASE_URL</c>.</summary>
    public string Url => $"sqlite:{Database}";

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
