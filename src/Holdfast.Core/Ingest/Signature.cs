using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Ingest;

/// <summary>Tells whether Stripe signed these very bytes for this endpoint, and did so just now.</summary>
/// <remarks>https://docs.stripe.com/webhooks#verify-manually</remarks>
internal static class Signature
{
    public const string Header = "Stripe-Signature";

    /// <summary>
    /// Stripe sends one per active secret: two while a secret is rolled. The rest is room, and a bound on the work.
    /// </summary>
    public const int MaxSignatures = 32;

    /// <summary>In characters; a genuine header has about 200.</summary>
    public const int MaxHeaderLength = 8 * 1024;

    // The digits of the largest int64.
    private const int MaxDigits = 19;

    // As far ahead as a moment can lie: the last second of the year 9999.
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <param name="headers">Every value of the request's <see cref="Header"/> header, as received.</param>
    /// <param name="body">The exact bytes of the request's body.</param>
    /// <param name="secrets">All that are active; with none, nothing can match.</param>
    /// <param name="now">The moment of arrival.</param>
    /// <param name="tolerance">How far the time of signing may lie from <paramref name="now"/>, before and after.
    /// Above zero: Stripe's own libraries disagree on whether zero means "always" or "never".</param>
    public static SignatureCheck Verify(
        IReadOnlyList<string?> headers,
        ReadOnlySpan<byte> body,
        IReadOnlyList<SigningSecret> secrets,
        DateTimeOffset now,
        TimeSpan tolerance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(tolerance, TimeSpan.Zero);

        if (headers is [] or [null])
        {
            return new SignatureCheck.NoHeader();
        }

        // Two headers are not joined into one: whoever sends two hopes that somebody else reads the other.
        if (headers is not [{ Length: <= MaxHeaderLength } header])
        {
            return new SignatureCheck.Malformed();
        }

        Span<byte> room = stackalloc byte[MaxSignatures * HMACSHA256.HashSizeInBytes];
        if (!TryRead(header, room, out var time, out var signatures, out var hasV1))
        {
            return new SignatureCheck.Malformed();
        }

        if (!hasV1)
        {
            return new SignatureCheck.NoV1();
        }

        if (Match(time, body, secrets, signatures) is not (>= 0 and var secret))
        {
            return new SignatureCheck.Mismatch();
        }

        // Only after a match, so that the answer tells a stranger nothing about our clock.
        var seconds = long.Parse(time, NumberStyles.None, CultureInfo.InvariantCulture);
        var signedAt = DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, MaxSeconds));
        var age = now - signedAt;
        return age > tolerance ? new SignatureCheck.TooOld(age)
            : -age > tolerance ? new SignatureCheck.ClockAhead(-age)
            : new SignatureCheck.Valid(secret, signedAt);
    }

    /// <summary>
    /// Takes a header apart: <c>t=1767225600,v1=e5b7…,v1=ac70…,v0=…</c>. Nothing is trimmed, as Stripe puts no spaces,
    /// so that <c>" v1"</c> is another key than <c>v1</c>; keys that mean nothing to us are passed over, above all
    /// <c>v0</c>, a decoy. Of the <c>v1</c> values only those that can match anything are read, into the room given.
    /// </summary>
    private static bool TryRead(
        ReadOnlySpan<char> header,
        Span<byte> room,
        out ReadOnlySpan<char> time,
        out ReadOnlySpan<byte> signatures,
        out bool hasV1)
    {
        time = default;
        signatures = default;
        var written = 0;
        var count = 0;
        hasV1 = false;
        foreach (var range in header.Split(','))
        {
            var item = header[range];
            var equals = item.IndexOf('=');
            if (equals < 0)
            {
                return false;
            }

            var value = item[(equals + 1)..];
            switch (item[..equals])
            {
                case "t" when time.IsEmpty && IsTime(value):
                    time = value;
                    break;
                case "t":
                    return false;
                case "v1" when ++count > MaxSignatures:
                    return false;
                case "v1" when TryReadHex(value, room[written..]):
                    written += HMACSHA256.HashSizeInBytes;
                    break;
            }
        }

        hasV1 = count > 0;
        signatures = room[..written];
        return !time.IsEmpty;
    }

    // Digits first: the parser alone would let NULs stand at the end.
    private static bool IsTime(ReadOnlySpan<char> value) =>
        value.Length is > 0 and <= MaxDigits
        && !value.ContainsAnyExceptInRange('0', '9')
        && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    // Lower case only: Stripe's libraries compare the text, so upper case matches nowhere.
    private static bool TryReadHex(ReadOnlySpan<char> value, Span<byte> mac) =>
        value.Length is HMACSHA256.HashSizeInBytes * 2
        && !value.ContainsAnyExcept(LowerHex)
        && Convert.FromHexString(value, mac, out _, out _) is OperationStatus.Done;

    /// <returns>The first secret that made one of the signatures, or -1.</returns>
    private static int Match(
        ReadOnlySpan<char> time,
        ReadOnlySpan<byte> body,
        IReadOnlyList<SigningSecret> secrets,
        ReadOnlySpan<byte> signatures)
    {
        // A copy of the body, as the one-shot hash wants one span: cheaper than an incremental hash of two.
        var length = time.Length + 1 + body.Length;
        var message = ArrayPool<byte>.Shared.Rent(length);
        Encoding.ASCII.GetBytes(time, message);
        message[time.Length] = (byte)'.';
        body.CopyTo(message.AsSpan(time.Length + 1));

        // Every secret meets every signature, match or not: how long it takes says nothing about how near a guess was.
        var match = -1;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (var secret = 0; secret < secrets.Count; secret++)
        {
            HMACSHA256.HashData(secrets[secret].Key, message.AsSpan(0, length), mac);
            for (var rest = signatures; !rest.IsEmpty; rest = rest[mac.Length..])
            {
                var isEqual = CryptographicOperations.FixedTimeEquals(mac, rest[..mac.Length]);
                match = isEqual && match < 0 ? secret : match;
            }
        }

        ArrayPool<byte>.Shared.Return(message);
        return match;
    }
}
