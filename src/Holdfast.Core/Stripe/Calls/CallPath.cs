namespace Holdfast.Stripe.Calls;

/// <summary>What the path of a call tells: <c>/v1/checkout/sessions/cs_1/line_items</c>.</summary>
internal static class CallPath
{
    public const int MaxLength = 300;

    /// <summary>The path as it is recorded. What stands behind the question mark may be about a person.</summary>
    public static string Of(Uri uri) => uri.AbsolutePath is { Length: > MaxLength } path ? path[..MaxLength] : uri.AbsolutePath;

    /// <summary>What kind of thing it is about: <c>checkout/sessions</c>.</summary>
    public static string Resource(string path) => string.Join('/', Parts(path).Skip(1).TakeWhile(part => !IsId(part)));

    /// <summary>Which one it is about, <c>/v1/checkout/sessions/cs_1</c>; null when it names none.</summary>
    public static string? Object(string path)
    {
        var parts = Parts(path);
        var id = Array.FindIndex(parts, 1 < parts.Length ? 1 : 0, IsId);
        return id < 1 ? null : $"/{string.Join('/', parts[..(id + 1)])}";
    }

    /// <summary>The same for all objects of a type: <c>/v1/checkout/sessions/{id}/line_items</c>.</summary>
    public static string Shape(string path)
    {
        var parts = Parts(path);
        return $"/{string.Join('/', parts.Select((part, i) => i > 0 && IsId(part) ? "{id}" : part))}";
    }

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    // Stripe names its types in small letters, and its objects with at least one digit or large letter among chance.
    private static bool IsId(string part) => part.Any(letter => letter is not ((>= 'a' and <= 'z') or '_'));
}
