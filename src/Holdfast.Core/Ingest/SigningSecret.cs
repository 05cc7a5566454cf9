using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Ingest;

/// <summary>The secret with which Stripe signs the deliveries to one endpoint. In here, it is never shown.</summary>
public sealed class SigningSecret
{
    private const int FingerprintLength = 12;

    private readonly byte[] _key;

    /// <param name="text">The whole secret as Stripe shows it, <c>whsec_</c> included.</param>
    /// <exception cref="ArgumentException">It is empty, or holds a space, a line end or another character that
    /// comes from copying, not from Stripe. The message tells where, and never shows the secret.</exception>
    public SigningSecret(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length is 0)
        {
            throw new ArgumentException(
                "The signing secret is empty. Copy the secret of this endpoint from Stripe; it begins with whsec_.",
                nameof(text));
        }

        if (text.AsSpan().IndexOfAnyExceptInRange('!', '~') is >= 0 and var stray)
        {
            throw new ArgumentException(
                $"The signing secret has a character that Stripe never uses, U+{(int)text[stray]:X4}, as number "
                + $"{stray + 1} of {text.Length}. Copy the secret of this endpoint from Stripe again, without spaces.",
                nameof(text));
        }

        _key = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>The key is the text itself with its prefix: nothing is cut off, nothing decoded.</summary>
    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>Tells secrets apart in counts, and tells nothing else: they hold too much chance to be guessed.</summary>
    internal string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_key))[..FingerprintLength];

    public override string ToString() => "(a signing secret)";
}
