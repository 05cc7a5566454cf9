namespace Holdfast.Server.Demonstration;

/// <summary>
/// Where the demo's Holdfast keeps its data: a new directory each time, among the temporary ones. A run begins with
/// nothing, several can run side by side, and nothing of yours is touched. It goes when the demo ends, unless there is
/// something in it to look into.
/// </summary>
internal sealed class DemoDirectory : IDisposable
{
    /// <summary>What the shop's prices give; see docs/access.md.</summary>
    private const string Plans = """
        {
          "plans": [
            {
              "id": "starter",
              "name": "Starter",
              "lookup_keys": ["starter_monthly", "starter_weekly"],
              "features": { "projects": 3, "export": false }
            },
            {
              "id": "pro",
              "name": "Pro",
              "lookup_keys": ["pro_monthly", "pro_weekly"],
              "features": { "projects": 50, "export": true }
            },
            {
              "id": "team",
              "name": "Team",
              "lookup_keys": ["team_monthly", "team_weekly"],
              "features": { "projects": true, "export": true, "seats": { "per_quantity": 1 } }
            }
          ]
        }
        """;

    public DemoDirectory() => File.WriteAllText(PlansPath, Plans);

    public string Path { get; } = Directory.CreateTempSubdirectory("holdfast-demo-").FullName;

    public string Database => System.IO.Path.Combine(Path, "holdfast.db");

    public string PlansPath => System.IO.Path.Combine(Path, "plans.json");

    public bool IsKept { get; set; }

    public void Dispose()
    {
        if (!IsKept)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
