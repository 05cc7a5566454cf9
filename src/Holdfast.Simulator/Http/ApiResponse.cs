using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Http;

/// <summary>The simulated API's answer, free of any HTTP server.</summary>
public sealed record ApiResponse(int Status, string Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body as JSON.</summary>
    public JsonObject Json => (JsonObject)JsonNode.Parse(Body)!;
}
