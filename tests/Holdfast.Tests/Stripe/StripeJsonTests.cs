using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Tests.Stripe;

public sealed class StripeJsonTests
{
    [Theory]
    [InlineData("""{"a":{"b":7}}""", "7")]
    [InlineData("""{"a":{"b":[]}}""", "[]")]
    [InlineData("""{"a":{"b":null}}""", null)]
    [InlineData("""{"a":{"c":7}}""", null)]
    [InlineData("""{"a":null}""", null)]
    [InlineData("""{"a":[{"b":7}]}""", null)]
    [InlineData("""{"b":7}""", null)]
    [InlineData("""{"a":{"\ud83d":1}}""", null)]
    [InlineData("[]", null)]
    public void A_path_leads_to_a_value_or_nowhere(string json, string? value) =>
        Assert.Equal(value, JsonElement.Parse(json).At("a", "b")?.GetRawText());

    [Fact]
    public void No_path_leads_to_the_value_itself() => Assert.Equal("x", JsonElement.Parse("\"x\"").Text());

    [Fact]
    public void Nothing_is_in_no_value()
    {
        JsonElement none = default;

        Assert.Null(none.At());
        Assert.Null(none.Text("a"));
        Assert.Empty(none.List("a"));
        Assert.Empty(none.Metadata("a"));
    }

    [Theory]
    [InlineData("\"x\"", "x")]
    [InlineData("\"\"", "")]
    [InlineData("\"\\ud83d\\ude00\"", "😀")]
    [InlineData("\"\\ud83d\"", null)]
    [InlineData("7", null)]
    [InlineData("""{"id":"x"}""", null)]
    public void A_text_is_read_as_it_is(string json, string? text) => Assert.Equal(text, In(json).Text("a"));

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-7", -7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1.5", null)]
    [InlineData("1e400", null)]
    [InlineData("\"7\"", null)]
    [InlineData("true", null)]
    public void A_number_is_an_integer_of_64_bits(string json, long? number) =>
        Assert.Equal(number, In(json).Number("a"));

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", null)]
    [InlineData("1", null)]
    [InlineData("\"true\"", null)]
    public void A_flag_is_told_or_not(string json, bool? flag) => Assert.Equal(flag, In(json).Flag("a"));

    [Theory]
    [InlineData("1790000000", "2026-09-21T14:13:20Z")]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    [InlineData("-62135596800", "0001-01-01T00:00:00Z")]
    [InlineData("253402300799", "9999-12-31T23:59:59Z")]
    [InlineData("-62135596801", null)]
    [InlineData("253402300800", null)]
    [InlineData("9223372036854775807", null)]
    [InlineData("\"1790000000\"", null)]
    public void A_moment_is_one_that_can_be(string json, string? moment) =>
        Assert.Equal(moment, In(json).Moment("a")?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));

    [Theory]
    [InlineData("\"cus_1\"", "cus_1")]
    [InlineData("""{"id":"cus_1","object":"customer"}""", "cus_1")]
    [InlineData("""{"object":"customer"}""", null)]
    [InlineData("""{"id":{"id":"cus_1"}}""", null)]
    [InlineData("""["cus_1"]""", null)]
    [InlineData("7", null)]
    public void An_id_is_bare_or_in_its_object(string json, string? id) => Assert.Equal(id, In(json).Id("a"));

    [Theory]
    [InlineData("""{"object":"list","data":[1,2]}""", 2)]
    [InlineData("[1,2,3]", 3)]
    [InlineData("[]", 0)]
    [InlineData("""{"object":"list"}""", 0)]
    [InlineData("""{"data":{"data":[1]}}""", 0)]
    [InlineData("null", 0)]
    [InlineData("\"x\"", 0)]
    public void A_list_is_one_of_Stripe_s_or_bare(string json, int count) =>
        Assert.Equal(count, In(json).List("a").Count());

    [Fact]
    public void Metadata_are_its_pairs_of_text()
    {
        var json = In(
            """{"k":"1","n":7,"":"2","half":"\ud83d","\ud83d":"half","none":null,"k2":"3","twice":"4","twice":"5"}""");

        Assert.Equal(
            new Dictionary<string, string> { ["k"] = "1", [""] = "2", ["k2"] = "3", ["twice"] = "5" },
            json.Metadata("a"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public void What_is_no_object_has_no_metadata(string json) => Assert.Empty(In(json).Metadata("a"));

    private static JsonElement In(string value) => JsonElement.Parse($$"""{"a":{{value}}}""");
}
