using System.Text;
using Holdfast.Access;

namespace Holdfast.Tests.Access;

public sealed class PlansTests
{
    [Fact]
    public void Every_key_of_the_file_is_read()
    {
        var plans = Sold.Parsed("""
            {
              "$schema": "anything",
              "plans": [
                {
                  "id": "pro", "name": "Pro plan", "prices": ["price_1", "gold-2019"], "products": ["prod_1"],
                  "lookup_keys": ["pro monthly"],
                  "features": {"a": true, "b": false, "c": 5, "d": {"limit": 0}, "e": {"per_quantity": 3}}
                },
                {"id": "bare", "lookup_keys": ["bare"]}
              ],
              "policies": {"past_due": "revoke"}
            }
            """);

        Assert.Equal(["pro", "bare"], plans.All.Select(plan => plan.Id));
        Assert.Equal(PastDuePolicy.Revoke, plans.PastDue);
        var pro = plans.Find("pro")!;
        Assert.Equal("Pro plan", pro.Name);
        Assert.Equal(["price_1", "gold-2019"], pro.Prices);
        Assert.Equal(["prod_1"], pro.Products);
        Assert.Equal(["pro monthly"], pro.LookupKeys);
        Assert.Equal(
            new Dictionary<string, Feature>
            {
                ["a"] = new Feature.Unlimited(),
                ["b"] = new Feature.Withheld(),
                ["c"] = new Feature.UpTo(5),
                ["d"] = new Feature.UpTo(0),
                ["e"] = new Feature.PerQuantity(3),
            },
            pro.Features);
        Assert.Empty(plans.Find("bare")!.Features);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"past_due":"keep"}""")]
    public void A_late_payment_keeps_access_unless_the_file_says_otherwise(string policies) =>
        Assert.Equal(
            PastDuePolicy.Keep,
            Sold.Parsed($$"""{"plans":[{"id":"pro","prices":["price_1"]}],"policies":{{policies}}}""").PastDue);

    [Fact]
    public void A_price_wins_over_a_lookup_key_and_that_over_a_product()
    {
        var plans = Sold.Parsed("""
            {"plans":[
              {"id":"by_product","products":["prod_1"]},
              {"id":"by_lookup_key","lookup_keys":["key_1"]},
              {"id":"by_price","prices":["price_1"]}
            ]}
            """);

        Assert.Equal("by_price", plans.Matching("price_1", "key_1", "prod_1")?.Id);
        Assert.Equal("by_lookup_key", plans.Matching("price_2", "key_1", "prod_1")?.Id);
        Assert.Equal("by_product", plans.Matching("price_2", "key_2", "prod_1")?.Id);
        Assert.Equal("by_product", plans.Matching(null, null, "prod_1")?.Id);
        Assert.Null(plans.Matching("prod_1", "price_1", "key_1"));
        Assert.Null(plans.Matching(null, null, null));
    }

    [Fact]
    public void One_text_may_be_a_price_here_and_a_lookup_key_there() =>
        Assert.Equal(
            2, Sold.Parsed("""{"plans":[{"id":"a","prices":["x"]},{"id":"b","lookup_keys":["x"]}]}""").All.Count);

    [Fact]
    public void The_mark_that_some_editors_put_first_is_no_error() =>
        Assert.IsType<PlansFile.Valid>(
            Plans.Parse([0xEF, 0xBB, 0xBF, .. """{"plans":[{"id":"a","prices":["x"]}]}"""u8]));

    [Fact]
    public void A_file_of_the_largest_size_is_read()
    {
        var json = """{"plans":[{"id":"a","prices":["x"]}]}""";

        Assert.IsType<PlansFile.Valid>(Plans.Parse(Encoding.UTF8.GetBytes(json.PadRight(Plans.MaxBytes))));
        Assert.IsType<PlansFile.Invalid>(Plans.Parse(Encoding.UTF8.GetBytes(json.PadRight(Plans.MaxBytes + 1))));
    }

    [Theory]
    [InlineData(3, 4, 12)]
    [InlineData(0, 4, 0)]
    [InlineData(4, -1, 0)]
    [InlineData(long.MaxValue, 1, long.MaxValue)]
    [InlineData(long.MaxValue, 2, long.MaxValue)]
    [InlineData(3_037_000_500, 3_037_000_500, long.MaxValue)]
    public void A_limit_per_quantity_multiplies_and_never_overflows(long each, long quantity, long limit) =>
        Assert.Equal(limit, new Feature.PerQuantity(each).LimitAt(quantity));
}
