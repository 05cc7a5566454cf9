using System.Text;
using System.Text.Json;
using Holdfast.Access;

namespace Holdfast.Tests.Access;

/// <summary>The sample can be used, and the schema tells an editor what the parser tells the server.</summary>
public sealed class PlansSchemaTests
{
    private static readonly JsonSchema Schema = new(JsonElement.Parse(Read("docs", "plans.schema.json")));

    [Fact]
    public void The_sample_is_valid_and_shows_every_kind_of_feature()
    {
        var sample = Read("samples", "plans.json");

        var plans = Assert.IsType<PlansFile.Valid>(Plans.Parse(sample)).Plans;

        Assert.True(Schema.Accepts(JsonElement.Parse(sample)));
        var kinds = plans.All.SelectMany(plan => plan.Features.Values).Select(feature => feature.GetType().Name);
        Assert.Equal(["PerQuantity", "Unlimited", "UpTo", "Withheld"], kinds.Distinct().Order());
    }

    [Fact]
    public void The_file_shown_in_the_documentation_is_valid()
    {
        var page = Encoding.UTF8.GetString(Read("docs", "access.md"));

        Assert.IsType<PlansFile.Valid>(Parse(page.Split("```json")[1].Split("```")[0]));
    }

    [Theory]
    [InlineData("""{"plans":[{"id":"a","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","products":["x"],"prices":[]}],"$schema":"s","policies":{}}""")]
    [InlineData("""{"plans":[{"id":"a","lookup_keys":["pro  monthly","price_","prod_"],"name":" A "}]}""")]
    [InlineData("""{"plans":[{"id":"ü.-_/:","prices":["x"],"features":{}}],"policies":{"past_due":"keep"}}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"a":0,"b":9223372036854775807,"c.d":false}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"a":{"limit":0},"b":{"per_quantity":0}}}]}""")]
    public void Both_accept(string json)
    {
        Assert.IsType<PlansFile.Valid>(Parse(json));
        Assert.True(Schema.Accepts(JsonElement.Parse(json)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"plans":null}""")]
    [InlineData("""{"plans":[]}""")]
    [InlineData("""{"plans":[1]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"]}],"plan":1}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"]}],"policies":null}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"]}],"policies":{"pastdue":"keep"}}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"]}],"policies":{"past_due":"KEEP"}}""")]
    [InlineData("""{"plans":[{"prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":1,"prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a b","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a\u00a0b","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a\u200bb","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a\u0000b","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","name":"","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","name":null,"prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a"}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":[],"products":[],"lookup_keys":[]}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":"x"}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x","x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["prod_x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","products":["price_x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","products":[" "]}]}""")]
    [InlineData("""{"plans":[{"id":"a","lookup_keys":[" a"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","lookup_keys":["a\tb"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","lookup_keys":[""]}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"feature":{}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":[]}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"a b":1}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"":1}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":null}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":"5"}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":-1}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":0.5}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":9223372036854775808}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":{}}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":{"limit":null}}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":{"limit":1,"per_quantity":1}}}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":{"limits":1}}}]}""")]
    public void Both_refuse(string json)
    {
        Assert.IsType<PlansFile.Invalid>(Parse(json));
        Assert.False(Schema.Accepts(JsonElement.Parse(json)));
    }

    /// <remarks>What plans say about each other, and how a thing is written, is beyond JSON Schema.</remarks>
    [Theory]
    [InlineData("""{"plans":[{"id":"a","prices":["x"]},{"id":"a","prices":["y"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"]},{"id":"b","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","id":"a","prices":["x"]}]}""")]
    [InlineData("""{"plans":[{"id":"a","prices":["x"],"features":{"f":1.0}}]}""")]
    public void Only_the_parser_refuses(string json)
    {
        Assert.IsType<PlansFile.Invalid>(Parse(json));
        Assert.True(Schema.Accepts(JsonElement.Parse(json)));
    }

    private static PlansFile Parse(string json) => Plans.Parse(Encoding.UTF8.GetBytes(json));

    private static byte[] Read(params string[] path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Holdfast.slnx")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException("No Holdfast.slnx above the tests.");
        }

        return File.ReadAllBytes(Path.Combine([root.FullName, .. path]));
    }
}
