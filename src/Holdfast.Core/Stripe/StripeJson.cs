using System.Collections.ObjectModel;
using System.Text.Json;

namespace Holdfast.Stripe;

/// <summary>
/// Reads the values Stripe's JSON is made of. A missing field, a null and a value of another kind all read as null:
/// fields come and go between API versions, and the caller knows which ones it cannot do without.
/// </summary>
public static class StripeJson
{
    extension(JsonElement json)
    {
        /// <summary>The value at the end of a path of property names, or null when any step is missing.</summary>
        public JsonElement? At(params ReadOnlySpan<string> path)
        {
            var here = json;
            foreach (var name in path)
            {
                if (here.ValueKind is not JsonValueKind.Object || !Has(here, name, out here))
                {
                    return null;
                }
            }

            return here.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : here;
        }

        public string? Text(params ReadOnlySpan<string> path) =>
            json.At(path) is { ValueKind: JsonValueKind.String } value ? Characters(value) : null;

        /// <summary>An integer: an amount in the currency's smallest unit, a quantity, a count.</summary>
        public long? Number(params ReadOnlySpan<string> path) =>
            json.At(path) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number)
                ? number
                : null;

        public bool? Flag(params ReadOnlySpan<string> path) =>
            json.At(path)?.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };

        /// <summary>A moment, which Stripe writes in whole seconds since 1970.</summary>
        public DateTimeOffset? Moment(params ReadOnlySpan<string> path) =>
            json.Number(path) is { } seconds and >= MinSeconds and <= MaxSeconds
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;

        /// <summary>
        /// The id of another object, which Stripe writes bare, or as the whole object when it was expanded.
        /// </summary>
        /// <remarks>https://docs.stripe.com/api/expanding_objects</remarks>
        public string? Id(params ReadOnlySpan<string> path) =>
            json.At(path) switch
            {
                { ValueKind: JsonValueKind.String } id => Characters(id),
                { ValueKind: JsonValueKind.Object } expanded => expanded.Text("id"),
                _ => null,
            };

        /// <summary>
        /// The members of one of Stripe's lists, <c>{"object":"list","data":[…]}</c>, or of a bare array.
        /// </summary>
        public IEnumerable<JsonElement> List(params ReadOnlySpan<string> path)
        {
            var array = json.At(path) switch
            {
                { ValueKind: JsonValueKind.Object } list => list.At("data"),
                var bare => bare,
            };
            return array is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];
        }

        /// <summary>
        /// The object's metadata: pairs of text set by the merchant. Anything else in there is left out.
        /// </summary>
        public IReadOnlyDictionary<string, string> Metadata(params ReadOnlySpan<string> path)
        {
            if (json.At(path) is not { ValueKind: JsonValueKind.Object } pairs)
            {
                return ReadOnlyDictionary<string, string>.Empty;
            }

            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in pairs.EnumerateObject())
            {
                if (pair.Value.ValueKind is JsonValueKind.String
                    && Name(pair) is { } name
                    && Characters(pair.Value) is { } text)
                {
                    metadata[name] = text;
                }
            }

            return metadata;
        }
    }

    // What DateTimeOffset can hold: the years 1 to 9999.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    // JSON may escape half of a surrogate pair ("\ud83d"), which stands for no character, so .NET refuses to read it.
    // Stripe never writes one; to the readers, a field in which it stands is missing.
    private static string? Characters(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Name(JsonProperty pair)
    {
        try
        {
            return pair.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Has(JsonElement json, string name, out JsonElement value)
    {
        try
        {
            return json.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }
}
