using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.EndToEnd;

/// <summary>Events as Stripe would send them, in test mode, and signatures as Stripe would make them.</summary>
internal static class StripeEvent
{
    /// <summary>An event about a customer of its own, so that every event changes exactly one object.</summary>
    public static byte[] Of(string id, string type = "customer.created", string more = "") => Encoding.UTF8.GetBytes(
        $$$"""
        {"id":"{{{id}}}","object":"event","api_version":"2026-10-28.endive","created":1767225600,"livemode":false,
        "type":"{{{type}}}","pending_webhooks":1,"request":{"id":"req_1","idempotency_key":null},
        "data":{"object":{"id":"{{{CustomerOf(id)}}}","object":"customer","created":1767225600,
        "livemode":false{{{more}}}
        } } }
        """);

    public static string CustomerOf(string id) => "cus_" + id;

    public static string Sign(byte[] body, string secret, DateTimeOffset? at = null)
    {
        var seconds = Seconds(at ?? DateTimeOffset.UtcNow);
        return $"t={seconds},v1={Mac(seconds, body, secret)}";
    }

    public static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <remarks>https://docs.stripe.com/webhooks#verify-manually</remarks>
    public static string Mac(string time, byte[] body, string secret)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(time), (byte)'.', .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }
}
