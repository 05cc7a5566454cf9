using System.Security.Cryptography;
using System.Text;
using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

/// <summary>A delivery as it arrives, by default a genuine one; its digests come of a plain formula in here.</summary>
internal sealed record SignedDelivery
{
    public const string OldSecret = "whsec_test_3f9c2b7a61d84e50b8a1c7d2e9f04a6b";
    public const string NewSecret = "whsec_test_b71e05d94c6a4f2db3908e5a1f7c22d4";
    public const string Time = "1767225600";

    public static readonly DateTimeOffset SignedAt = DateTimeOffset.FromUnixTimeSeconds(1767225600);

    public byte[] Body { get; init; } = """{"id":"evt_1Signed","object":"event","amount":2000}"""u8.ToArray();

    public IReadOnlyList<string?>? Headers { get; init; }

    public IReadOnlyList<string> Secrets { get; init; } = [OldSecret];

    public DateTimeOffset Now { get; init; } = SignedAt;

    public TimeSpan Tolerance { get; init; } = TimeSpan.FromSeconds(300);

    public string Digest => DigestBy(OldSecret);

    public string DigestBy(string secret, string time = Time)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes(time), (byte)'.', .. Body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message));
    }

    public SignatureCheck Verify() => Signature.Verify(
        Headers ?? [$"t={Time},v1={Digest}"],
        Body,
        [.. Secrets.Select(secret => new SigningSecret(secret))],
        Now,
        Tolerance);

    public SignatureCheck Verify(params IReadOnlyList<string?> headers) => (this with { Headers = headers }).Verify();

    /// <summary>Signed rightly over whatever stands as the time.</summary>
    public SignatureCheck VerifyAt(string time) => Verify($"t={time},v1={DigestBy(OldSecret, time)}");
}
