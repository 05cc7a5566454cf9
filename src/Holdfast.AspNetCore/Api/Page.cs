using System.Globalization;

namespace Holdfast.AspNetCore.Api;

/// <summary>One page of a list, newest first.</summary>
/// <param name="NextCursor">Hand it back as <c>cursor</c> for the next page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);

/// <summary>What every list takes: how many, and from where on.</summary>
internal readonly record struct PageRequest(int Limit, long? Before)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <returns>False when one of them is not what a list takes.</returns>
    public static bool TryRead(int? limit, string? cursor, out PageRequest page)
    {
        long before = 0;
        var sound = limit is null or (>= 1 and <= MaxLimit)
            && (cursor is null || long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before));
        page = new(limit ?? DefaultLimit, cursor is null ? null : before);
        return sound;
    }

    /// <param name="rows">One more than the limit tells that there is another page.</param>
    public Page<TItem> Of<TRow, TItem>(List<TRow> rows, Func<TRow, TItem> item, Func<TRow, long> place)
    {
        var shown = rows.Count > Limit ? rows[..Limit] : rows;
        var next = rows.Count > Limit ? place(shown[^1]).ToString(CultureInfo.InvariantCulture) : null;
        return new([.. shown.Select(item)], next);
    }
}
