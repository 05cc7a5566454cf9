using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Events;

/// <summary>
/// One fact as Stripe tells it, for ever the same. It is shown in the shape of a version: frozen when it was told for the
/// versions then in use, as a shape may look at the world.
/// </summary>
internal sealed class StripeEvent(
    string id, string type, string objectId, long created, long toldAt, OperationCause cause, byte[] body, byte[]? before)
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly SortedDictionary<string, byte[]> _frozen = new(StringComparer.Ordinal);

    public string Id { get; } = id;

    public string Type { get; } = type;

    /// <summary>What it tells of; for an object that has no id, what that concerns.</summary>
    public string ObjectId { get; } = objectId;

    /// <summary>Unix seconds on the clock of the object it tells of.</summary>
    public long Created { get; } = created;

    /// <summary>Unix seconds of the world's own time, by which it is kept.</summary>
    public long ToldAt { get; } = toldAt;

    public OperationCause Cause { get; } = cause;

    /// <summary>The object as it was then, in the newest shape.</summary>
    public byte[] Body { get; } = body;

    /// <summary>The object before, for events that tell what has changed.</summary>
    public byte[]? Before { get; } = before;

    public const string Ping = "v2.core.event_destination.ping";

    /// <summary>Told to those who are told thin events, and to nobody else.</summary>
    public bool IsOnlyThin => Type is Ping;

    /// <summary>The names of its thin twins, the fact's own first.</summary>
    public IReadOnlyList<string> Twins => field ??= ThinTwins.Of(this);

    /// <summary>Where it stands in the log; counted from 0 and never used again.</summary>
    public long Number { get; set; }

    /// <summary>Endpoints that have still to answer 2xx.</summary>
    public SortedSet<string> Pending { get; } = new(StringComparer.Ordinal);

    /// <summary>Fixes how a version shows it, so that no later change of the world can touch it.</summary>
    public void Freeze(World world, ApiVersion version)
    {
        if (version != ApiVersion.Newest && !_frozen.ContainsKey(version.Name))
        {
            _frozen[version.Name] = RenderData(world, version);
        }
    }

    public JsonObject Show(World world, ApiVersion version) => (JsonObject)JsonNode.Parse(Write(world, version))!;

    /// <summary>The bytes that are sent: two spaces a level, as Stripe writes them.</summary>
    public byte[] Write(World world, ApiVersion version)
    {
        using var buffer = new MemoryStream(Body.Length * 2);
        using (var json = new Utf8JsonWriter(buffer, Layout))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            json.WriteString("object", "event");
            json.WriteString("api_version", version.Name);
            json.WriteNumber("created", Created);
            json.WritePropertyName("data");
            using (var data = JsonDocument.Parse(_frozen.GetValueOrDefault(version.Name) ?? RenderData(world, version)))
            {
                data.RootElement.WriteTo(json);
            }

            json.WriteBoolean("livemode", false);
            json.WriteNumber("pending_webhooks", Pending.Count);
            json.WriteStartObject("request");
            json.WriteString("id", Cause.RequestId);
            json.WriteString("idempotency_key", Cause.IdempotencyKey);
            json.WriteEndObject();
            json.WriteString("type", Type);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>All that is known of it, to be saved.</summary>
    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["type"] = Type,
        ["about"] = ObjectId,
        ["created"] = Created,
        ["told_at"] = ToldAt,
        ["request"] = Cause.RequestId,
        ["idempotency_key"] = Cause.IdempotencyKey,
        ["body"] = JsonNode.Parse(Body),
        ["before"] = Before is null ? null : JsonNode.Parse(Before),
        ["frozen"] = new JsonObject(_frozen.Select(data => KeyValuePair.Create(data.Key, JsonNode.Parse(data.Value)))),
        ["pending"] = new JsonArray([.. Pending.Select(endpoint => JsonValue.Create(endpoint))]),
    };

    public static StripeEvent Read(JsonObject json)
    {
        var told = new StripeEvent(
            json.Text("id")!, json.Text("type")!, json.Text("about")!, json["created"]!.GetValue<long>(),
            json["told_at"]!.GetValue<long>(), new OperationCause(json.Text("request"), json.Text("idempotency_key")),
            BytesOf(json.Child("body")!), json.Child("before") is { } before ? BytesOf(before) : null);
        foreach (var (version, data) in json.Child("frozen")!)
        {
            told._frozen[version] = BytesOf((JsonObject)data!);
        }

        told.Pending.UnionWith(json.Items("pending").Select(endpoint => endpoint!.GetValue<string>()));
        return told;
    }

    public static byte[] BytesOf(JsonObject json) =>
        JsonSerializer.SerializeToUtf8Bytes(json, SimulatorJson.Default.JsonObject);

    private byte[] RenderData(World world, ApiVersion version)
    {
        var shown = Shown(world, Body, version);
        if (Type is "invoice.upcoming")
        {
            shown.Remove("id"); // Nothing has been made yet that could bear one.
        }

        var data = new JsonObject { ["object"] = shown };
        if (Before is not null && Difference.Between(Shown(world, Before, version), shown) is { } previous)
        {
            data["previous_attributes"] = previous;
        }

        return BytesOf(data);
    }

    private static JsonObject Shown(World world, byte[] body, ApiVersion version) =>
        Rendering.Render(world, (JsonObject)JsonNode.Parse(body)!, version, Expansion.None);
}
