using System.Globalization;

namespace Holdfast.Simulator.Versions;

/// <summary>
/// A version of Stripe's API, such as <c>2025-03-31.basil</c> or, before the trains had names, <c>2024-06-20</c>.
/// </summary>
public readonly record struct ApiVersion : IComparable<ApiVersion>
{
    private readonly string? _name;

    private ApiVersion(string name) => _name = name;

    /// <summary>The version whose shapes the simulator's world is kept in.</summary>
    public static ApiVersion Newest => Endive;

    public static ApiVersion Endive { get; } = new("2026-10-28.endive");

    public static ApiVersion Dahlia { get; } = new("2026-03-25.dahlia");

    public static ApiVersion Clover { get; } = new("2025-09-30.clover");

    public static ApiVersion Basil { get; } = new("2025-03-31.basil");

    public static ApiVersion Acacia { get; } = new("2024-09-30.acacia");

    /// <summary>A version written down in this program.</summary>
    public static ApiVersion Of(string name) =>
        TryParse(name, out var version) ? version : throw new ArgumentException($"No API version: {name}.", nameof(name));

    public string Name => _name ?? Newest.Name;

    public static bool operator <(ApiVersion one, ApiVersion other) => one.CompareTo(other) < 0;

    public static bool operator >(ApiVersion one, ApiVersion other) => one.CompareTo(other) > 0;

    public static bool operator <=(ApiVersion one, ApiVersion other) => one.CompareTo(other) <= 0;

    public static bool operator >=(ApiVersion one, ApiVersion other) => one.CompareTo(other) >= 0;

    /// <returns>False when it is not written as a date, with or without a train's name.</returns>
    public static bool TryParse(string? text, out ApiVersion version)
    {
        version = default;
        if (text is not { Length: >= 10 } || (text.Length > 10 && (text[10] != '.' || text.Length == 11))
            || !DateOnly.TryParseExact(
                text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return false;
        }

        version = new ApiVersion(text);
        return true;
    }

    public int CompareTo(ApiVersion other) => string.CompareOrdinal(Name, 0, other.Name, 0, 10);

    public override string ToString() => Name;
}
