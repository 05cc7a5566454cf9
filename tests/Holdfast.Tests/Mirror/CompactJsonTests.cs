using System.Text;
using System.Text.Json;
using Holdfast.Mirror;

namespace Holdfast.Tests.Mirror;

public sealed class CompactJsonTests
{
    [Theory]
    [InlineData("{ \"a\" : 1 ,\n \"b\" : [ 1 , 2 ] }", "{\"a\":1,\"b\":[1,2]}")]
    [InlineData("{\"a b\": \" x \\\" y \"}", "{\"a b\":\" x \\\" y \"}")]
    [InlineData("{\"a\":\"ends in \\\\\" , \"b\":\"\\\\\\\"\" }", "{\"a\":\"ends in \\\\\",\"b\":\"\\\\\\\"\"}")]
    [InlineData("\t[\r\n]\t", "[]")]
    [InlineData("{\"é\" : \"☕ \\u00e9\"}", "{\"é\":\"☕ \\u00e9\"}")]
    [InlineData("-1.5e3", "-1.5e3")]
    public void Only_white_space_between_the_parts_goes(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(CompactJson.Of(Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void Every_layout_of_one_object_is_one_body()
    {
        var compact = """{"id":"sub_1","items":{"data":[{"id":"si_1","q":2}]},"text":"a  b"}""";
        using var json = JsonDocument.Parse(compact);
        using var pretty = new MemoryStream();
        using (var writer = new Utf8JsonWriter(pretty, new JsonWriterOptions { Indented = true }))
        {
            json.WriteTo(writer);
        }

        Assert.Equal(compact, Encoding.UTF8.GetString(CompactJson.Of(pretty.ToArray())));
    }
}
