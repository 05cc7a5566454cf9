using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

public sealed class SigningSecretTests
{
    [Fact]
    public void A_secret_is_never_shown()
    {
        var secret = new SigningSecret(SignedDelivery.OldSecret);

        Assert.Equal("(a signing secret)", $"{secret}");
        Assert.Empty(typeof(SigningSecret).GetProperties());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("whsec_a b")]
    [InlineData(" whsec_ab")]
    [InlineData("whsec_ab\n")]
    [InlineData("whsec_ab\r")]
    [InlineData("whsec_\tab")]
    [InlineData("whsec_\0ab")]
    [InlineData("whsec_\u007Fab")]
    [InlineData("whsec_\u00A0ab")]
    [InlineData("\uFEFFwhsec_ab")]
    [InlineData("whsec_\u200Bab")]
    [InlineData("whsec_é")]
    public void A_secret_spoiled_in_copying_is_refused(string text) =>
        Assert.Throws<ArgumentException>(nameof(text), () => new SigningSecret(text));

    [Fact]
    public void The_refusal_tells_the_place_and_not_the_secret()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new SigningSecret("whsec_secretpart\nxyzzy"));

        Assert.Contains("U+000A, as number 17 of 22", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secretpart", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xyzzy", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("whsec_~")]
    [InlineData("any+other/secret=")]
    public void Every_visible_character_may_be_in_a_secret(string text) =>
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(new SigningSecret(text).Key));
}
