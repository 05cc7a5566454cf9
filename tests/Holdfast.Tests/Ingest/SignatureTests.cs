using System.Globalization;
using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

public sealed class SignatureTests
{
    private static readonly SignedDelivery Delivery = new();
    private static readonly string Time = $"t={SignedDelivery.Time}";
    private static readonly string V1 = $"v1={Delivery.Digest}";
    private static readonly string WrongV1 = $"v1={new string('0', 64)}";

    [Fact]
    public void A_genuine_delivery_tells_when_it_was_signed() =>
        Assert.Equal(new SignatureCheck.Valid(Secret: 0, SignedDelivery.SignedAt), Delivery.Verify());

    [Fact]
    public void Without_a_header_there_is_no_signature() =>
        Assert.All<string?[]>(
            [[], [null]], headers => Assert.IsType<SignatureCheck.NoHeader>(Delivery.Verify(headers)));

    [Fact]
    public void Two_headers_are_malformed_even_if_each_is_right() =>
        Assert.IsType<SignatureCheck.Malformed>(Delivery.Verify($"{Time},{V1}", $"{Time},{V1}"));

    [Fact]
    public void A_right_header_beside_a_missing_one_is_malformed() =>
        Assert.IsType<SignatureCheck.Malformed>(Delivery.Verify(null, $"{Time},{V1}"));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("hello")]
    [InlineData("t,{v1}")]
    [InlineData("t=,{v1}")]
    [InlineData("{v1}")]
    [InlineData("T=1767225600,{v1}")]
    [InlineData(" {time},{v1}")]
    [InlineData("{time},{time},{v1}")]
    [InlineData("{time},{v1},t=1767225601")]
    [InlineData("{time},{v1},t=")]
    [InlineData("{time},,{v1}")]
    [InlineData("{time},{v1},")]
    [InlineData("{time},{v1},v2")]
    [InlineData("{time};{v1}")]
    public void A_header_Stripe_would_not_write_is_malformed(string header) =>
        Assert.IsType<SignatureCheck.Malformed>(Delivery.Verify(Written(header)));

    [Fact]
    public void A_time_alone_is_no_signature() => Assert.IsType<SignatureCheck.NoV1>(Delivery.Verify(Time));

    [Theory]
    [InlineData("-1767225600")]
    [InlineData("+1767225600")]
    [InlineData("1767225600.0")]
    [InlineData("1.7672256e9")]
    [InlineData("0x69565F00")]
    [InlineData("1,767,225,600")]
    [InlineData("1767225600 ")]
    [InlineData(" 1767225600")]
    [InlineData("1767225600\0")]
    [InlineData("１７６７２２５６００")]
    [InlineData("١٧٦٧٢٢٥٦٠٠")]
    [InlineData("9223372036854775808")]
    [InlineData("00000000001767225600")]
    [InlineData("99999999999999999999999999999999")]
    public void A_time_that_is_no_plain_int64_is_malformed_though_signed(string time) =>
        Assert.IsType<SignatureCheck.Malformed>(Delivery.VerifyAt(time));

    [Theory]
    [InlineData("4102444800")]
    [InlineData("253402300800")]
    [InlineData("9223372036854775807")]
    public void A_time_far_beyond_32_bits_lies_ahead(string time) =>
        Assert.IsType<SignatureCheck.ClockAhead>(Delivery.VerifyAt(time));

    [Fact]
    public void The_beginning_of_time_is_too_old() => Assert.IsType<SignatureCheck.TooOld>(Delivery.VerifyAt("0"));

    [Fact]
    public void The_time_is_hashed_as_it_is_written() =>
        Assert.IsType<SignatureCheck.Valid>(Delivery.VerifyAt("0" + SignedDelivery.Time));

    [Theory]
    [InlineData(-300.0, typeof(SignatureCheck.Valid))]
    [InlineData(300.0, typeof(SignatureCheck.Valid))]
    [InlineData(-300.001, typeof(SignatureCheck.ClockAhead))]
    [InlineData(300.001, typeof(SignatureCheck.TooOld))]
    public void The_tolerance_counts_both_ways_and_includes_its_end(double age, Type expected) =>
        Assert.IsType(expected, (Delivery with { Now = SignedDelivery.SignedAt.AddSeconds(age) }).Verify());

    [Fact]
    public void A_refusal_for_its_time_says_how_far_off_it_was()
    {
        var late = Delivery with { Now = SignedDelivery.SignedAt.AddSeconds(412) };
        var early = Delivery with { Now = SignedDelivery.SignedAt.AddSeconds(-412) };

        Assert.Equal(new SignatureCheck.TooOld(TimeSpan.FromSeconds(412)), late.Verify());
        Assert.Equal(new SignatureCheck.ClockAhead(TimeSpan.FromSeconds(412)), early.Verify());
    }

    [Fact]
    public void A_forged_delivery_learns_nothing_of_our_clock() =>
        Assert.IsType<SignatureCheck.Mismatch>(Delivery.Verify($"t=1,{WrongV1}"));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_tolerance_that_is_not_above_zero_is_a_mistake_of_ours(int seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => (Delivery with { Tolerance = TimeSpan.FromSeconds(seconds) }).Verify());

    [Theory]
    [InlineData("v0={digest}")]
    [InlineData("V1={digest}")]
    [InlineData(" v1={digest}")]
    [InlineData("v1 ={digest}")]
    [InlineData("v11={digest}")]
    [InlineData("v2={digest}")]
    [InlineData("={digest}")]
    public void The_right_digest_counts_under_no_key_but_v1(string item) =>
        Assert.IsType<SignatureCheck.NoV1>(Delivery.Verify(Written("{time}," + item)));

    [Theory]
    [InlineData("v0={digest}")]
    [InlineData("v2={digest}")]
    [InlineData(" v1={digest}")]
    public void A_right_digest_under_another_key_does_not_help_a_wrong_v1(string item) =>
        Assert.All(
            [$"{{time}},{WrongV1},{item}", $"{{time}},{item},{WrongV1}"],
            header => Assert.IsType<SignatureCheck.Mismatch>(Delivery.Verify(Written(header))));

    [Theory]
    [InlineData("v1=")]
    [InlineData("v1={digest}0")]
    [InlineData("v1= {digest}")]
    [InlineData("v1={digest} ")]
    [InlineData("v1=={digest}")]
    [InlineData("v1=0x{digest}")]
    [InlineData("v1={digest}{digest}")]
    public void A_digest_of_another_length_matches_nothing(string item) =>
        Assert.IsType<SignatureCheck.Mismatch>(Delivery.Verify(Written("{time}," + item)));

    [Fact]
    public void A_digest_cut_anywhere_matches_nothing() =>
        Assert.All(Enumerable.Range(0, 64), length =>
            Assert.IsType<SignatureCheck.Mismatch>(Delivery.Verify($"{Time},v1={Delivery.Digest[..length]}")));

    [Fact]
    public void One_upper_case_digit_spoils_a_digest()
    {
        var letters = Enumerable.Range(0, 64).Where(at => char.IsAsciiLetter(Delivery.Digest[at]));

        Assert.All(letters, at =>
        {
            var digest = Delivery.Digest.ToCharArray();
            digest[at] = char.ToUpperInvariant(digest[at]);
            Assert.IsType<SignatureCheck.Mismatch>(Delivery.Verify($"{Time},v1={new string(digest)}"));
        });
    }

    [Theory]
    [InlineData("{v1},{time}")]
    [InlineData("{time},{v1},v0=00")]
    [InlineData("{time},v1=zz,{v1}")]
    [InlineData("{time},v1=,{v1},v1=00")]
    [InlineData("{time},x=a=b,{v1},=,T=5")]
    public void What_stands_beside_a_right_signature_does_not_matter(string header) =>
        Assert.IsType<SignatureCheck.Valid>(Delivery.Verify(Written(header)));

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(Signature.MaxSignatures)]
    public void The_right_one_is_found_wherever_it_stands_among(int count) =>
        Assert.All(Enumerable.Range(0, count), place =>
        {
            var items = Enumerable.Repeat(WrongV1, count).ToArray();
            items[place] = V1;
            Assert.IsType<SignatureCheck.Valid>(Delivery.Verify($"{Time},{string.Join(',', items)}"));
        });

    [Theory]
    [InlineData("v1=", Signature.MaxSignatures + 1)]
    [InlineData("v1=", 1_000)]
    [InlineData("v1=", 10_000)]
    [InlineData("v1={digest}", Signature.MaxSignatures + 1)]
    public void More_signatures_than_there_is_room_for_are_malformed(string item, int count) =>
        Assert.IsType<SignatureCheck.Malformed>(
            Delivery.Verify($"{Time},{string.Join(',', Enumerable.Repeat(Written(item), count))}"));

    [Fact]
    public void A_header_may_be_8_KiB_long_and_no_longer()
    {
        var longest = $"{Time},{V1},x=".PadRight(8 * 1024, 'x');

        Assert.IsType<SignatureCheck.Valid>(Delivery.Verify(longest));
        Assert.IsType<SignatureCheck.Malformed>(Delivery.Verify(longest + "x"));
    }

    [Fact]
    public void While_a_secret_is_rolled_it_tells_which_one_matched()
    {
        var both = Delivery with { Secrets = [SignedDelivery.NewSecret, SignedDelivery.OldSecret] };
        var newV1 = $"v1={Delivery.DigestBy(SignedDelivery.NewSecret)}";

        Assert.Equal(new SignatureCheck.Valid(Secret: 0, SignedDelivery.SignedAt), both.Verify($"{Time},{newV1}"));
        Assert.Equal(new SignatureCheck.Valid(Secret: 1, SignedDelivery.SignedAt), both.Verify($"{Time},{V1}"));
        Assert.Equal(new SignatureCheck.Valid(Secret: 0, SignedDelivery.SignedAt), both.Verify($"{Time},{V1},{newV1}"));
    }

    [Fact]
    public void A_revoked_secret_opens_nothing() =>
        Assert.IsType<SignatureCheck.Mismatch>((Delivery with { Secrets = [SignedDelivery.NewSecret] }).Verify());

    [Fact]
    public void An_endpoint_without_secrets_accepts_nothing() =>
        Assert.IsType<SignatureCheck.Mismatch>((Delivery with { Secrets = [] }).Verify());

    [Fact]
    public void Any_bytes_can_be_signed()
    {
        byte[][] bodies = [[], [0], [0xEF, 0xBB, 0xBF, 0x7B], [0xFF, 0xFE], new byte[1024 * 1024]];

        Assert.All(bodies, body => Assert.IsType<SignatureCheck.Valid>((Delivery with { Body = body }).Verify()));
    }

    [Fact]
    public void No_single_bit_of_the_body_can_change()
    {
        var headers = new[] { $"{Time},{V1}" };

        Assert.All(Flips(Delivery.Body.Length), flip =>
        {
            var body = Delivery.Body.ToArray();
            body[flip.Index] ^= flip.Bit;
            Assert.IsType<SignatureCheck.Mismatch>((Delivery with { Body = body, Headers = headers }).Verify());
        });
    }

    [Fact]
    public void No_single_bit_of_the_digest_can_change() =>
        Assert.All(Flips(64), flip =>
        {
            var digest = Delivery.Digest.ToCharArray();
            digest[flip.Index] ^= (char)flip.Bit;
            Assert.IsType<SignatureCheck.Mismatch>(Delivery.Verify($"{Time},v1={new string(digest)}"));
        });

    [Fact]
    public void No_single_bit_of_the_header_can_change() =>
        Assert.All(Flips(Time.Length + 1 + V1.Length), flip =>
        {
            var header = $"{Time},{V1}".ToCharArray();
            header[flip.Index] ^= (char)flip.Bit;
            Assert.IsNotType<SignatureCheck.Valid>(Delivery.Verify(new string(header)));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_damaged_header_is_accepted_and_none_throws(int seed)
    {
        const string Signs = "tv01=,,== 9afA\0é\ud800";
        var random = new Random(seed);
        var right = $"{Time},{V1}";
        for (var turn = 0; turn < 20_000; turn++)
        {
            var header = right;
            for (var edits = random.Next(1, 5); edits > 0; edits--)
            {
                var at = random.Next(header.Length);
                var sign = Signs[random.Next(Signs.Length)];
                header = random.Next(3) switch
                {
                    0 => header.Remove(at, 1),
                    1 => header.Insert(at, sign.ToString(CultureInfo.InvariantCulture)),
                    _ => header.Remove(at, 1).Insert(at, sign.ToString(CultureInfo.InvariantCulture)),
                };
            }

            Assert.True(header == right || Delivery.Verify(header) is not SignatureCheck.Valid, header);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void No_random_header_or_body_is_accepted_and_none_throws(int seed)
    {
        var random = new Random(seed);
        for (var turn = 0; turn < 10_000; turn++)
        {
            var body = new byte[random.Next(200)];
            random.NextBytes(body);
            var noise = new string([.. Enumerable.Range(0, random.Next(120)).Select(_ => (char)random.Next(0x180))]);
            var delivery = Delivery with { Body = body };

            Assert.IsNotType<SignatureCheck.Valid>(delivery.Verify(noise));
            Assert.IsNotType<SignatureCheck.Valid>(delivery.Verify($"{Time},v1={noise}"));
            Assert.IsNotType<SignatureCheck.Valid>(delivery.Verify($"{Time},{V1}"));
        }
    }

    private static string Written(string header) =>
        header.Replace("{time}", Time, StringComparison.Ordinal)
            .Replace("{v1}", V1, StringComparison.Ordinal)
            .Replace("{digest}", Delivery.Digest, StringComparison.Ordinal);

    private static IEnumerable<(int Index, byte Bit)> Flips(int length) =>
        from index in Enumerable.Range(0, length)
        from bit in Enumerable.Range(0, 8)
        select (index, (byte)(1 << bit));
}
