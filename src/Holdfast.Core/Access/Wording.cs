using System.Globalization;
using System.Text.Encodings.Web;

namespace Holdfast.Access;

/// <summary>How texts from outside appear in sentences for people.</summary>
internal static class Wording
{
    private const int MaxQuoted = 80;
    private const int MaxCompared = 64;

    /// <summary>In quotes, cut when long, and with what is unseen escaped: it could mislead or forge a line.</summary>
    public static string Quote(string text)
    {
        var shown = text.Length <= MaxQuoted ? text : $"{text[..MaxQuoted]}…";
        var escaped = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(shown)
            .Select(letter => IsUnseen(letter) ? $"\\u{(int)letter:X4}" : $"{letter}");
        return $"\"{string.Concat(escaped)}\"";
    }

    /// <summary>What is pasted without being noticed; the plain space is another matter.</summary>
    public static bool IsUnseen(char letter) => letter is not ' ' && char.GetUnicodeCategory(letter) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>The known word that was probably meant, or null when none is close.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) =>
        word.Length > MaxCompared
            ? null
            : known
                .Where(candidate => candidate.Length <= MaxCompared)
                .Select(candidate => (candidate, slips: Slips(word, candidate)))
                .Where(pair => pair.slips <= Math.Max(1, Math.Min(word.Length, pair.candidate.Length) / 3))
                .OrderBy(pair => pair.slips)
                .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
                .Select(pair => pair.candidate)
                .FirstOrDefault();

    public static string DidYouMean(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest ? $"; did you mean {Quote(nearest)}?" : "";

    /// <summary>
    /// Slips of the finger between two words: a letter left out, put in, mistaken, or swapped with its neighbour.
    /// Whether letters are capital does not count.
    /// </summary>
    private static int Slips(string left, string right)
    {
        var slips = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                slips[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1,
                        slips[i - 1, j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1)),
                };
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
                }
            }
        }

        return slips[left.Length, right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
