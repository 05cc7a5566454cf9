using System.Text.Json.Serialization;

namespace Holdfast.Reconciliation;

/// <summary>What a finding tells programs of an event that cannot be taken in.</summary>
internal sealed record RefusedEventFacts(string Event, DateTimeOffset Created, string Cause);

/// <summary>What a finding tells programs of a span of time whose events are gone; both moments are Stripe's.</summary>
internal sealed record GapFacts(DateTimeOffset From, DateTimeOffset To);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RefusedEventFacts))]
[JsonSerializable(typeof(GapFacts))]
internal sealed partial class FactsJson : JsonSerializerContext;
