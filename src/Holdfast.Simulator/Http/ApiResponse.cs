using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Http;

/// <summary>The simulated API's answer, free of any HTTP server.</summary>
public sealed record ApiResponse(int Status, string Body)
{
    /// <summary>Nothing came back: the connection broke, or was held until the caller gave up.</summary>
    public static ApiResponse Lost { get; } = new(0, "");

    public bool IsLost => Status == 0;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body as JSON.</summary>
    public JsonObject Json => (JsonObject)JsonNode.Parse(Body)!;
}
