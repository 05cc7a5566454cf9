using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Http;

/// <summary>
/// The parameters of a request, read by name. Whatever nobody has read by the end of the call is a parameter the simulator
/// does not know: the call is refused and undone.
/// </summary>
internal sealed class Params
{
    /// <summary>https://docs.stripe.com/api/metadata</summary>
    private const int MaxMetadataKeys = 50;
    private const int MaxMetadataKey = 40;
    private const int MaxMetadataValue = 500;

    private readonly JsonObject _values;
    private readonly string _path;
    private readonly HashSet<string> _asked = [];
    private readonly Dictionary<string, List<Params>> _children = [];

    public Params(JsonObject values, string path = "")
    {
        _values = values;
        _path = path;
    }

    /// <summary>Every name that was asked for, whether or not it was given.</summary>
    public IReadOnlyCollection<string> Names => _asked;

    public bool Has(string name)
    {
        _asked.Add(name);
        return _values.ContainsKey(name);
    }

    /// <returns>Null when it was not given; the empty string, which unsets a field, when it was given empty.</returns>
    public string? Text(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        return _values[name] switch
        {
            null => "",
            JsonValue value => value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(),
            _ => throw ApiError.Invalid(PathOf(name), $"Invalid string: {PathOf(name)}."),
        };
    }

    /// <returns>Null when a hash was given, for a parameter that may be either.</returns>
    public string? TextOrHash(string name) => _values[name] is JsonObject ? null : Text(name);

    public string Required(string name) => Text(name) switch
    {
        null => throw ApiError.Missing(PathOf(name)),
        "" => throw ApiError.Empty(PathOf(name)),
        var text => text,
    };

    public long? Integer(string name) => Text(name) switch
    {
        null or "" => null,
        var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ApiError.Invalid(PathOf(name), $"Invalid integer: {text}", "parameter_invalid_integer"),
    };

    public long RequiredInteger(string name)
    {
        Required(name);
        return Integer(name) ?? throw ApiError.Missing(PathOf(name));
    }

    public decimal? Decimal(string name) => Text(name) switch
    {
        null or "" => null,
        var text when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ApiError.Invalid(PathOf(name), $"Invalid decimal: {text}"),
    };

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw ApiError.Invalid(PathOf(name), $"Invalid boolean: {text}"),
    };

    public string? OneOf(string name, params ReadOnlySpan<string> choices)
    {
        var text = Text(name);
        if (text is null || choices.Contains(text))
        {
            return text;
        }

        throw ApiError.Invalid(PathOf(name), $"Invalid {PathOf(name)}: must be one of {string.Join(", ", choices!)}.");
    }

    /// <summary>A hash inside; null when it was not given, or given empty to unset it.</summary>
    public Params? Child(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        if (_children.TryGetValue(name, out var known))
        {
            return known[0];
        }

        switch (_values[name])
        {
            case JsonObject values:
                var child = new Params(values, PathOf(name));
                _children[name] = [child];
                return child;
            case JsonValue value when value.ToString().Length == 0:
            case null:
                return null;
            default:
                throw ApiError.Invalid(PathOf(name), $"Invalid hash: {PathOf(name)}.");
        }
    }

    /// <summary>The hashes of an array; empty when it was not given.</summary>
    public IReadOnlyList<Params> Children(string name)
    {
        if (!Has(name))
        {
            return [];
        }

        if (_children.TryGetValue(name, out var known))
        {
            return known;
        }

        switch (_values[name])
        {
            case JsonArray array:
                List<Params> children = [];
                for (var i = 0; i < array.Count; i++)
                {
                    var path = $"{PathOf(name)}[{i}]";
                    children.Add(new Params(
                        array[i] as JsonObject ?? throw ApiError.Invalid(path, $"Invalid hash: {path}."), path));
                }

                _children[name] = children;
                return children;
            case JsonValue value when value.ToString().Length == 0:
            case null:
                return [];
            default:
                throw ApiError.Invalid(PathOf(name), $"Invalid array: {PathOf(name)}.");
        }
    }

    /// <summary>The texts of an array, of which one alone may stand without the array, as in /v2's queries.</summary>
    public IReadOnlyList<string> TextsOrOne(string name) =>
        _values[name] is JsonValue value && Has(name) ? [value.ToString()] : Texts(name);

    /// <summary>The texts of an array; empty when it was not given.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (!Has(name))
        {
            return [];
        }

        return _values[name] switch
        {
            JsonArray array => [.. array.Select((item, i) => item is JsonValue value ? value.ToString()
                : throw ApiError.Invalid($"{PathOf(name)}[{i}]", $"Invalid string: {PathOf(name)}[{i}]."))],
            JsonValue value when value.ToString().Length == 0 => [],
            _ => throw ApiError.Invalid(PathOf(name), $"Invalid array: {PathOf(name)}."),
        };
    }

    /// <summary>The name of a parameter of these as Stripe's errors spell it: <c>items[0][price]</c>.</summary>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}[{name}]";

    /// <summary>Writes those of these texts that were given into the body; an empty one unsets.</summary>
    public void Set(JsonObject body, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(name) is { } text)
            {
                body[name] = text.Length == 0 ? null : text;
            }
        }
    }

    /// <summary>Writes a hash of texts that was given, such as an address, whole: what it does not name becomes null.</summary>
    public void SetHash(JsonObject body, string name, params ReadOnlySpan<string> fields)
    {
        if (!Has(name))
        {
            return;
        }

        if (Child(name) is not { } child)
        {
            body[name] = null;
            return;
        }

        var hash = new JsonObject();
        foreach (var field in fields)
        {
            hash[field] = child.Text(field) is { Length: > 0 } text ? text : null;
        }

        body[name] = hash;
    }

    /// <summary>Merges metadata as Stripe does: a key given empty goes, the whole given empty clears all.</summary>
    public void SetMetadata(JsonObject body, string name = "metadata")
    {
        if (!Has(name))
        {
            return;
        }

        var held = body.Child(name) ?? [];
        if (Child(name) is not { } given)
        {
            body[name] = new JsonObject();
            return;
        }

        foreach (var key in given._values.Select(field => field.Key).ToArray())
        {
            var value = given.Text(key) ?? "";
            if (key.Length > MaxMetadataKey || value.Length > MaxMetadataValue)
            {
                throw ApiError.Invalid(given.PathOf(key),
                    $"Metadata keys may have {MaxMetadataKey} characters and values {MaxMetadataValue}.");
            }

            if (value.Length == 0)
            {
                held.Remove(key);
            }
            else
            {
                held[key] = value;
            }
        }

        if (held.Count > MaxMetadataKeys)
        {
            throw ApiError.Invalid(PathOf(name), $"Metadata may have {MaxMetadataKeys} keys at most.");
        }

        if (held.Parent is null)
        {
            body[name] = held;
        }
    }

    /// <summary>Something was given, at the top, that nobody has read.</summary>
    public bool HasUnread => _values.Any(given => !_asked.Contains(given.Key));

    /// <summary>Throws when something was given that nobody has read.</summary>
    public void RefuseUnread()
    {
        foreach (var (name, _) in _values)
        {
            if (!_asked.Contains(name))
            {
                throw ApiError.Unknown(PathOf(name));
            }
        }

        foreach (var child in _children.Values.SelectMany(children => children))
        {
            child.RefuseUnread();
        }
    }
}
