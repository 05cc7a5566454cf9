using System.Globalization;
using System.Text;

namespace Holdfast.Server.Output;

/// <summary>
/// Text from outside, made harmless to look at. Names and errors come from strangers; a terminal obeys some of the
/// characters they may hold, and others hide or turn around what stands beside them.
/// </summary>
internal static class VisibleText
{
    /// <returns>The text; characters that act instead of showing stand as their code, such as <c>\u001b</c>.</returns>
    public static string Of(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Acts(rune))
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            }
            else
            {
                visible.Append(rune.ToString());
            }
        }

        return visible.ToString();
    }

    /// <returns>The same, cut to <paramref name="max"/> characters.</returns>
    public static string Of(string text, int max) => Of(text.Length > max ? text[..(max - 1)] + "…" : text);

    private static bool Acts(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
