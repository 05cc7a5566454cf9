using System.Buffers;
using System.Text.Json;

namespace Holdfast.Tests.Mirror.Readers;

/// <summary>Makes bodies that differ from a sample in chosen properties.</summary>
internal static class Altered
{
    /// <summary>Every property of a body, by its path, such as <c>/items/data/0/price</c>.</summary>
    public static IEnumerable<(string Path, JsonElement Value)> Properties(JsonElement body, string path = "")
    {
        var here = body.ValueKind switch
        {
            JsonValueKind.Object => body.EnumerateObject().Select(property => (property.Name, property.Value)),
            JsonValueKind.Array => body.EnumerateArray().Select((item, index) => ($"{index}", item)),
            _ => [],
        };
        foreach (var (name, value) in here)
        {
            if (body.ValueKind is JsonValueKind.Object)
            {
                yield return ($"{path}/{name}", value);
            }

            foreach (var below in Properties(value, $"{path}/{name}"))
            {
                yield return below;
            }
        }
    }

    /// <param name="body">The body to start from.</param>
    /// <param name="change">
    /// From the path and value of a property to the JSON text to write instead; null keeps it, an empty text leaves it
    /// out.
    /// </param>
    public static JsonElement With(JsonElement body, Func<string, JsonElement, string?> change)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new() { SkipValidation = true }))
        {
            Write(writer, body, "", change);
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    public static JsonElement With(JsonElement body, string path, string json) =>
        With(body, (here, _) => here == path ? json : null);

    private static void Write(
        Utf8JsonWriter writer, JsonElement value, string path, Func<string, JsonElement, string?> change)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    WriteProperty(writer, property, $"{path}/{property.Name}", change);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Write(writer, item, $"{path}/{index}", change);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteProperty(
        Utf8JsonWriter writer, JsonProperty property, string path, Func<string, JsonElement, string?> change)
    {
        switch (change(path, property.Value))
        {
            case null:
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value, path, change);
                break;
            case "":
                break;
            case var json:
                writer.WritePropertyName(property.Name);
                writer.WriteRawValue(json, skipInputValidation: true);
                break;
        }
    }
}
