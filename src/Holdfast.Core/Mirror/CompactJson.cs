namespace Holdfast.Mirror;

/// <summary>
/// Takes the white space out of valid JSON and leaves every other byte as it is, so that one object is one body
/// however its event was laid out.
/// </summary>
internal static class CompactJson
{
    public static byte[] Of(ReadOnlySpan<byte> json)
    {
        var compact = new byte[json.Length];
        var length = 0;
        while (!json.IsEmpty)
        {
            var quote = json.IndexOf((byte)'"');
            var between = quote < 0 ? json : json[..quote];
            foreach (var part in between)
            {
                if (part > (byte)' ')
                {
                    compact[length++] = part;
                }
            }

            var text = quote < 0 ? [] : json[quote..(quote + LengthOfText(json[quote..]))];
            text.CopyTo(compact.AsSpan(length));
            length += text.Length;
            json = json[(between.Length + text.Length)..];
        }

        return compact[..length];
    }

    /// <summary>The length of the text that begins here, its quotes included.</summary>
    private static int LengthOfText(ReadOnlySpan<byte> json)
    {
        var at = 1;
        while (true)
        {
            at += json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (json[at] is (byte)'"')
            {
                return at + 1;
            }

            at += 2;
        }
    }
}
