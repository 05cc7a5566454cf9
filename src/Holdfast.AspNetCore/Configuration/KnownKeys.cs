using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Holdfast.AspNetCore.Configuration;

/// <summary>Finds settings that nothing reads: a misspelt one would otherwise be silently without effect.</summary>
internal static class KnownKeys
{
    /// <summary>Every key of the section, with <c>*</c> for a name or number of the user's choice.</summary>
    public static readonly string[] All = [.. Of(typeof(HoldfastOptions), "")];

    public static IEnumerable<string> Unknown(IConfigurationSection section) =>
        section.AsEnumerable(makePathsRelative: true)
            .Where(pair => pair.Value is not null && pair.Key.Length > 0 && !All.Any(known => Matches(known, pair.Key)))
            .Select(pair => $"{section.Path}:{pair.Key} is no setting{Suggest(pair.Key, All)}");

    public static IEnumerable<string> UnknownShort(IConfiguration configuration) =>
        configuration.GetChildren()
            .Where(child => child.Key.StartsWith(ShortNames.OurPrefix, StringComparison.OrdinalIgnoreCase)
                && !ShortNames.Ours.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => $"{child.Key} is no setting{Suggest(child.Key, ShortNames.Ours)}");

    private static IEnumerable<string> Of(Type type, string path) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property => property.PropertyType switch
        {
            { IsGenericType: true } map when map.GetGenericTypeDefinition() == typeof(Dictionary<,>) =>
                Of(map.GetGenericArguments()[1], $"{path}{property.Name}:*:"),
            { IsGenericType: true } list when list.GetGenericTypeDefinition() == typeof(IList<>) =>
                [$"{path}{property.Name}:*"],
            { Namespace: { } space } nested when space.StartsWith(nameof(Holdfast), StringComparison.Ordinal) && !nested.IsEnum =>
                Of(nested, $"{path}{property.Name}:"),
            _ when property.CanWrite => [$"{path}{property.Name}"],
            _ => (IEnumerable<string>)[],
        });

    private static bool Matches(string known, string key)
    {
        var (names, parts) = (known.Split(':'), key.Split(':'));
        return names.Length == parts.Length
            && names.Zip(parts).All(pair =>
                pair.First is "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    private static string Suggest(string key, string[] known)
    {
        var nearest = known.Select(name => Named(name, key))
            .MinBy(name => Distance(name.ToUpperInvariant(), key.ToUpperInvariant()))!;
        return Distance(nearest.ToUpperInvariant(), key.ToUpperInvariant()) <= Math.Max(2, key.Length / 4)
            ? $"; did you mean {nearest}?"
            : "; docs/configuration.md lists those there are.";
    }

    /// <summary>The known key with the names and numbers that the user chose where they are free to choose.</summary>
    private static string Named(string known, string key)
    {
        var parts = key.Split(':');
        return string.Join(
            ':', known.Split(':').Select((name, i) => name is "*" && i < parts.Length ? parts[i] : name));
    }

    /// <summary>How many letters must be added, dropped or changed to get from one to the other.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), corner + (one[i - 1] == other[j - 1] ? 0 : 1));
                corner = above;
            }
        }

        return row[^1];
    }
}
