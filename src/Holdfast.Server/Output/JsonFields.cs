using System.Globalization;
using System.Text.Json;

namespace Holdfast.Server.Output;

/// <summary>Reads an answer of the API for showing. What another version leaves out shows as nothing.</summary>
internal static class JsonFields
{
    extension(JsonElement element)
    {
        public string Text(string name) => element.Get(name) switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } plain =>
                plain.GetRawText(),
            _ => "",
        };

        /// <summary>The moment as ISO 8601 in UTC, to the second.</summary>
        public string Moment(string name) =>
            element.Get(name) is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var moment)
                ? moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                : "";

        public IReadOnlyList<JsonElement> Items(string name) =>
            element.Get(name) is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : [];

        public IReadOnlyList<JsonProperty> Members(string name) =>
            element.Get(name) is { ValueKind: JsonValueKind.Object } map ? [.. map.EnumerateObject()] : [];

        public bool IsTrue(string name) => element.Get(name).ValueKind is JsonValueKind.True;

        public JsonElement Get(string name) =>
            element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
    }
}
