using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class ProductTests
{
    [Theory, EveryVersionOf("product")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Product.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void An_archived_product_is_not_active()
    {
        var body = Altered.With(Sample.BodyOf("product.2026-10-28.endive"), "/active", "false");

        Assert.False(Product.Read(body).IsActive);
    }

    private static readonly Product Facts = new()
    {
        Id = "prod_Hf7Pro",
        Name = "Pro",
        Description = "For teams",
        IsActive = true,
        DefaultPrice = "price_1Hf7ProMonth",
        CreatedAt = Sample.Day(-60),
        Metadata = new Dictionary<string, string> { ["tier"] = "2" },
    };
}
