using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Stripe;

/// <summary>A key of Stripe's API. In here, it is never shown.</summary>
/// <remarks>https://docs.stripe.com/keys</remarks>
internal sealed class StripeKey
{
    private const int FingerprintLength = 12;

    private static readonly (string Prefix, StripeMode Mode)[] Kinds =
    [
        ("sk_live_", StripeMode.Live),
        ("rk_live_", StripeMode.Live),
        ("sk_test_", StripeMode.Test),
        ("rk_test_", StripeMode.Test),
    ];

    /// <param name="name">The setting it comes from.</param>
    /// <exception cref="FormatException">It is no such key. The message tells why, and never shows it.</exception>
    public StripeKey(string name, string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('!', '~') is >= 0 and var stray)
        {
            throw new FormatException(
                $"has a character that Stripe never uses, U+{(int)text[stray]:X4}, as number {stray + 1} of {text.Length}");
        }

        var kind = Kinds.FirstOrDefault(kind => text.StartsWith(kind.Prefix, StringComparison.Ordinal));
        if (kind.Prefix is null || text.Length == kind.Prefix.Length)
        {
            throw new FormatException(text.StartsWith("pk_", StringComparison.Ordinal)
                ? "is a publishable key (pk_…), which may ask nothing; take a secret (sk_…) or restricted (rk_…) key"
                : "begins with none of sk_live_, rk_live_, sk_test_, rk_test_");
        }

        (Name, Text, Mode, Fingerprint) = (name, text, kind.Mode, FingerprintOf(text));
    }

    public string Name { get; }

    public StripeMode Mode { get; }

    /// <summary>What goes into the header <c>Authorization</c>, after <c>Bearer</c>.</summary>
    public string Text { get; }

    /// <summary>Tells keys apart, and tells nothing else: they hold too much chance to be guessed.</summary>
    public string Fingerprint { get; }

    public static string FingerprintOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..FingerprintLength];

    public override string ToString() => "(a key of Stripe's API)";
}
