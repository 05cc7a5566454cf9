using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Stripe;

namespace Holdfast.Tests.Access;

/// <summary>The part of JSON Schema (draft 2020-12) that our schema uses; a keyword beyond it throws.</summary>
/// <remarks>https://json-schema.org/draft/2020-12/json-schema-validation</remarks>
internal sealed class JsonSchema(JsonElement root)
{
    public bool Accepts(JsonElement value) => Accepts(root, value);

    private bool Accepts(JsonElement schema, JsonElement value) => schema.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => schema.EnumerateObject().All(keyword => Holds(keyword.Name, keyword.Value, schema, value)),
    };

    private bool Holds(string keyword, JsonElement rule, JsonElement schema, JsonElement value) => keyword switch
    {
        "$schema" or "title" or "description" or "default" or "$defs" => true,
        "$ref" => Accepts(root.At(rule.GetString()!.Split('/').AsSpan(1))!.Value, value),
        "type" => IsOfType(rule.GetString()!, value),
        "enum" => rule.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)),
        "not" => !Accepts(rule, value),
        "anyOf" => rule.EnumerateArray().Any(choice => Accepts(choice, value)),
        "minimum" => value.ValueKind is not JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal(),
        "maximum" => value.ValueKind is not JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal(),
        "pattern" => value.ValueKind is not JsonValueKind.String
            || Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.CultureInvariant),
        "minItems" => value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt32(),
        "uniqueItems" => value.ValueKind is not JsonValueKind.Array
            || value.EnumerateArray().Select(item => item.GetRawText()).Distinct().Count() == value.GetArrayLength(),
        "items" => value.ValueKind is not JsonValueKind.Array
            || value.EnumerateArray().All(item => Accepts(rule, item)),
        "required" => value.ValueKind is not JsonValueKind.Object
            || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "properties" => Members(value).All(
            member => !rule.TryGetProperty(member.Name, out var inner) || Accepts(inner, member.Value)),
        "additionalProperties" => Members(value).All(
            member => schema.At("properties", member.Name) is not null || Accepts(rule, member.Value)),
        "propertyNames" => Members(value).All(
            member => Accepts(rule, JsonElement.Parse(JsonSerializer.Serialize(member.Name)))),
        _ => throw new NotSupportedException($"The schema uses \"{keyword}\"; teach it to this class."),
    };

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind is JsonValueKind.Number && decimal.IsInteger(value.GetDecimal()),
        _ => throw new NotSupportedException($"The schema uses the type \"{type}\"; teach it to this class."),
    };

    private static List<JsonProperty> Members(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object ? [.. value.EnumerateObject()] : [];
}
