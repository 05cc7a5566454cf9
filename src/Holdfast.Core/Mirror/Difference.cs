using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Holdfast.Mirror;

/// <summary>
/// What changed between two bodies of one object, as JSON: each path that differs with its value before and after,
/// <c>{"status":["active","past_due"],"items.data.0.quantity":[1,2]}</c>.
/// </summary>
internal static class Difference
{
    /// <summary>A change touches a handful of fields; one that touches more is told only this far.</summary>
    private const int MaxPaths = 200;

    public static byte[] Between(byte[]? before, byte[] after)
    {
        using var now = JsonDocument.Parse(after);
        if (before is null)
        {
            return Between((JsonElement?)null, now.RootElement);
        }

        using var was = JsonDocument.Parse(before);
        return Between(was.RootElement, now.RootElement);
    }

    private static byte[] Between(JsonElement? before, JsonElement after)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            var told = 0;
            if (before is { } was)
            {
                Tell(json, "", was, after, ref told);
            }
            else
            {
                // Of a first sight only the status is a change; the rest is the object itself.
                TellFirst(json, after);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void TellFirst(Utf8JsonWriter json, JsonElement after)
    {
        foreach (var name in (ReadOnlySpan<string>)["id", "status"])
        {
            if (after.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String)
            {
                Write(json, name, before: null, value);
            }
        }
    }

    private static void Tell(Utf8JsonWriter json, string path, JsonElement before, JsonElement after, ref int told)
    {
        // Most of an object stays as it was, byte for byte, and need not be looked into.
        if (told >= MaxPaths || HaveSameBytes(before, after))
        {
            return;
        }

        switch (before.ValueKind, after.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                TellProperties(json, path, before, after, ref told);
                break;
            case (JsonValueKind.Array, JsonValueKind.Array) when before.GetArrayLength() == after.GetArrayLength():
                foreach (var (index, (was, now)) in before.EnumerateArray().Zip(after.EnumerateArray()).Index())
                {
                    Tell(json, $"{path}.{index}", was, now, ref told);
                }

                break;
            default:
                if (!JsonElement.DeepEquals(before, after))
                {
                    told++;
                    Write(json, path, before, after);
                }

                break;
        }
    }

    private static void TellProperties(
        Utf8JsonWriter json, string path, JsonElement before, JsonElement after, ref int told)
    {
        // Both are written in the same order, unless Stripe's API version changed between them.
        var earlier = before.EnumerateObject();
        var inStep = true;
        foreach (var property in after.EnumerateObject())
        {
            inStep = inStep && earlier.MoveNext() && HaveSameName(earlier.Current, property);
            var was = inStep ? earlier.Current.Value : default;
            if (inStep || before.TryGetProperty(property.Name, out was))
            {
                if (!HaveSameBytes(was, property.Value))
                {
                    Tell(json, PathOf(path, property), was, property.Value, ref told);
                }
            }
            else if (told < MaxPaths)
            {
                told++;
                Write(json, PathOf(path, property), before: null, property.Value);
            }
        }

        if (inStep && !earlier.MoveNext())
        {
            return;
        }

        foreach (var property in before.EnumerateObject())
        {
            if (told < MaxPaths && !after.TryGetProperty(property.Name, out _))
            {
                told++;
                Write(json, PathOf(path, property), property.Value, after: null);
            }
        }
    }

    private static string PathOf(string path, JsonProperty property) =>
        path.Length is 0 ? property.Name : $"{path}.{property.Name}";

    private static bool HaveSameBytes(JsonElement before, JsonElement after) =>
        JsonMarshal.GetRawUtf8Value(before).SequenceEqual(JsonMarshal.GetRawUtf8Value(after));

    private static bool HaveSameName(JsonProperty before, JsonProperty after) =>
        JsonMarshal.GetRawUtf8PropertyName(before).SequenceEqual(JsonMarshal.GetRawUtf8PropertyName(after));

    private static void Write(Utf8JsonWriter json, string path, JsonElement? before, JsonElement? after)
    {
        json.WriteStartArray(path);
        WriteOrNull(json, before);
        WriteOrNull(json, after);
        json.WriteEndArray();
    }

    private static void WriteOrNull(Utf8JsonWriter json, JsonElement? value)
    {
        if (value is { } some)
        {
            some.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
