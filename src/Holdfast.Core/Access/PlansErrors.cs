using System.Diagnostics;
using System.Text.Json;

namespace Holdfast.Access;

/// <summary>Collects all that is wrong in one file, and asks the questions that every part of it is asked.</summary>
internal sealed class PlansErrors
{
    private const int MaxDigits = 40;

    private readonly List<PlansError> _all = [];

    public IReadOnlyList<PlansError> All => _all;

    public void Add(string path, string problem, string remedy) => _all.Add(new(path, problem, remedy));

    public bool Expect(JsonValueKind kind, JsonElement value, string path, string remedy)
    {
        if (value.ValueKind == kind)
        {
            return true;
        }

        var expected = kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "text",
            JsonValueKind.Number => "a number",
            _ => throw new UnreachableException(),
        };
        Add(path, $"should be {expected} but is {Found(value)}", remedy);
        return false;
    }

    /// <summary>
    /// The members of an object, each once. It may have the keys in <paramref name="known"/>, or any if that is null.
    /// </summary>
    public Dictionary<string, JsonElement> Members(JsonElement value, string path, string[]? known)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            var at = Step(path, property.Name);
            if (known is not null && !known.Contains(property.Name))
            {
                Add(at, "is not a key that is known here", Wording.Nearest(property.Name, known) is { } nearest
                    ? $"Did you mean {Wording.Quote(nearest)}?"
                    : $"Known keys are {string.Join(", ", known)}.");
            }
            else if (!members.TryAdd(property.Name, property.Value))
            {
                Add(at, "is written twice", "Keep one.");
            }
        }

        return members;
    }

    /// <summary>A text without any white space, or null after saying what is wrong with it.</summary>
    public string? Id(JsonElement value, string path) =>
        Expect(JsonValueKind.String, value, path, "Write it in quotes.") && AcceptsId(value.GetString()!, path)
            ? value.GetString()
            : null;

    public bool AcceptsId(string text, string path)
    {
        if (IsBlank(text, path))
        {
            return false;
        }

        if (text.Contains(' ', StringComparison.Ordinal) || text.Any(Wording.IsUnseen))
        {
            Add(path, $"{Wording.Quote(text)} has white space or an invisible character in it", "Remove it.");
            return false;
        }

        return true;
    }

    /// <summary>A text that may have spaces within; or null after saying what is wrong with it.</summary>
    public string? LookupKey(JsonElement value, string path)
    {
        if (!Expect(JsonValueKind.String, value, path, "Write it in quotes.") || IsBlank(value.GetString()!, path))
        {
            return null;
        }

        var text = value.GetString()!;
        if (text.StartsWith(' ') || text.EndsWith(' ') || text.Any(Wording.IsUnseen))
        {
            Add(path, $"{Wording.Quote(text)} has white space around it or an invisible character in it", "Remove it.");
            return null;
        }

        return text;
    }

    /// <summary>How a message names a value it was not content with.</summary>
    public static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => Wording.Quote(value.GetString()!),
        JsonValueKind.Number when value.GetRawText() is { Length: > MaxDigits } digits => $"{digits[..MaxDigits]}…",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    /// <summary>One step down the path; names that would make it ambiguous stand in brackets.</summary>
    public static string Step(string path, string name)
    {
        if (name is "" || !name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '$'))
        {
            return $"{path}[{Wording.Quote(name)}]";
        }

        return path is "" ? name : $"{path}.{name}";
    }

    private bool IsBlank(string text, string path)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            return false;
        }

        Add(path, "is blank", "Write what it stands for, or remove it.");
        return true;
    }
}
