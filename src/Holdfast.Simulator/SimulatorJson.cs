using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator;

/// <summary>What the simulator reads and writes as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(Forecast))]
[JsonSerializable(typeof(Sending))]
[JsonSerializable(typeof(BillingSettings))]
internal sealed partial class SimulatorJson : JsonSerializerContext;
