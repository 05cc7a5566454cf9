using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Tokens;

/// <summary>What the bearer of a token may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Look at everything.</summary>
    Viewer,

    /// <summary>What support does for a customer.</summary>
    Support,

    /// <summary>Replay and dismiss.</summary>
    Operator,

    /// <summary>Make and revoke tokens.</summary>
    Admin,
}

/// <summary>A token as it is kept: its hash, never itself.</summary>
internal sealed record Token
{
    private const string Prefix = "hf_";
    private const int SecretBytes = 32;

    public required long Id { get; init; }

    public required string Name { get; init; }

    public required Role Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>A new secret of 256 bits, shown once. The prefix lets secret scanners know it.</summary>
    public static string NewSecret() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
