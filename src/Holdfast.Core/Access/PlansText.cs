using System.Text;
using System.Text.Json;

namespace Holdfast.Access;

/// <summary>Whether bytes are JSON at all; and if not, where they stop being so, as an editor counts.</summary>
internal static class PlansText
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Without the mark some editors put before UTF-8, which JSON does not have.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) =>
        text.StartsWith(ByteOrderMark) ? text[ByteOrderMark.Length..] : text;

    public static PlansError? FirstError(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return new("the file", "is empty", """Begin with {"plans":[…]}.""");
        }

        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
                // The reader leaves texts undecoded; decoding each one here means that none can fail later.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    reader.GetString();
                }
            }

            return null;
        }
        catch (JsonException broken)
        {
            var at = Offset(text, broken.LineNumber ?? 0, broken.BytePositionInLine ?? 0);
            var (problem, remedy) = Explain(text, at);
            return new(Place(text, at), problem, remedy);
        }
        catch (InvalidOperationException)
        {
            return new(Place(text, (int)reader.TokenStartIndex), "this text has bytes or escapes that mean nothing",
                "Save the file as UTF-8, and write characters as they are instead of as \\u….");
        }
    }

    private static int Offset(ReadOnlySpan<byte> text, long line, long byteInLine)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            start += text[start..].IndexOf((byte)'\n') + 1;
        }

        return (int)Math.Min(start + byteInLine, text.Length);
    }

    private static string Place(ReadOnlySpan<byte> text, int at)
    {
        var before = text[..at];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return $"line {before.Count((byte)'\n') + 1}, column {Encoding.UTF8.GetCharCount(before[lineStart..]) + 1}";
    }

    /// <summary>The runtime's own words speak of reader options; these speak to whoever wrote the file.</summary>
    private static (string Problem, string Remedy) Explain(ReadOnlySpan<byte> text, int at)
    {
        var before = text[..at].TrimEnd(" \t\r\n"u8);
        if (at >= text.Length)
        {
            return ("the file ends too early", "Close every quote, bracket and brace.");
        }

        return (char)text[at] switch
        {
            '/' or '#' => ("JSON has no comments", "Remove it; a plan can have a \"name\"."),
            '}' or ']' when before.EndsWith(","u8) => ("a comma stands before a closing bracket", "Remove the comma."),
            '\'' => ("JSON has no single quotes", "Use double quotes."),
            '\n' or '\r' or '\t' => ("a text may not hold a tab or the end of a line", "Close its quote before."),
            var other => ($"{Show(other)} was not expected here", "Look for a missing comma, quote or bracket."),
        };
    }

    private static string Show(char first) => char.IsAscii(first) ? Wording.Quote(first.ToString()) : "this character";
}
