using System.Text.Json.Nodes;

namespace Holdfast.Simulator.State;

/// <summary>Reads Stripe's JSON by name or dotted path (<c>recurring.interval</c>); what is absent is null.</summary>
internal static class JsonFields
{
    extension(JsonObject body)
    {
        public JsonNode? At(string path)
        {
            JsonNode? node = body;
            foreach (var part in path.AsSpan().Split('.'))
            {
                node = node is JsonObject inner ? inner[path[part]] : null;
            }

            return node;
        }

        public string? Text(string path) =>
            body.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

        public long? Number(string path) => body.At(path) is JsonValue value && value.TryGetValue<long>(out var number) ? number
            : body.At(path) is JsonValue other && other.TryGetValue<int>(out var small) ? small
            : null;

        /// <summary>True only for <c>true</c>: false, null and absent are all no.</summary>
        public bool Flag(string path) => body.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

        public JsonObject? Child(string path) => body.At(path) as JsonObject;

        /// <summary>The members of an array, or of the <c>data</c> of one of Stripe's lists.</summary>
        public JsonArray Items(string path) => body.At(path) switch
        {
            JsonArray array => array,
            JsonObject list when list["data"] is JsonArray data => data,
            _ => [],
        };

        public IEnumerable<JsonObject> Objects(string path) => body.Items(path).OfType<JsonObject>();

        public JsonObject Copy() => (JsonObject)body.DeepClone();

        /// <summary>Takes over every field of the other, replacing its own of the same name.</summary>
        public void Take(JsonObject fields)
        {
            foreach (var (name, value) in fields)
            {
                body[name] = value?.DeepClone();
            }
        }
    }
}
