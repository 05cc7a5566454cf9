using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Simulator.Delivery;

/// <summary>
/// Signs as Stripe does, by code that shares nothing with who verifies. https://docs.stripe.com/webhooks#verify-manually
/// </summary>
internal static class Signature
{
    /// <summary>One <c>v1</c> per secret, then in test mode a <c>v0</c> that nobody must accept.</summary>
    public static string Header(IEnumerable<string> secrets, long at, ReadOnlySpan<byte> body)
    {
        var header = new StringBuilder().Append(CultureInfo.InvariantCulture, $"t={at}");
        foreach (var secret in secrets)
        {
            header.Append(",v1=").Append(Sign(secret, at, body));
        }

        return header.Append(",v0=").Append(Sign("decoy", at, body)).ToString();
    }

    private static string Sign(string secret, long at, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes(at.ToString(CultureInfo.InvariantCulture)));
        hash.AppendData("."u8);
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
