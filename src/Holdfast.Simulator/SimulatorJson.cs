using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Holdfast.Simulator;

/// <summary>What the simulator reads and writes as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class SimulatorJson : JsonSerializerContext;
