using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class PriceTests
{
    [Theory, EveryVersionOf("price")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Price.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void A_sku_is_a_price_paid_once()
    {
        var price = Price.Read(Sample.BodyOf("sku-before-2020"));

        Assert.Equal(("one_time", 1250, "prod_Hf7Mug"), (price.Type, price.UnitAmount, price.Product));
    }

    [Fact]
    public void A_type_nobody_knows_passes_through()
    {
        var body = Altered.With(Sample.BodyOf("price.2026-10-28.endive"), "/type", "\"by_the_moon\"");

        Assert.Equal("by_the_moon", Price.Read(body).Type);
    }

    [Fact]
    public void A_price_in_tiers_has_no_unit_amount()
    {
        Assert.Null(Price.Read(Sample.BodyOf("price-in-tiers")).UnitAmount);
    }

    [Fact]
    public void An_amount_finer_than_a_cent_is_read_as_a_decimal_only()
    {
        var price = Price.Read(Sample.BodyOf("price-below-a-cent"));

        Assert.Equal((null, 0.025m), (price.UnitAmount, price.UnitAmountDecimal));
    }

    [Fact]
    public void A_lookup_key_is_read()
    {
        Assert.Equal("seats_2026", Price.Read(Sample.BodyOf("price-in-tiers")).LookupKey);
    }

    private static readonly Price Facts = new()
    {
        Id = "price_1Hf7ProMonth",
        Product = "prod_Hf7Pro",
        IsActive = true,
        Type = "recurring",
        Currency = "eur",
        UnitAmount = 1900,
        UnitAmountDecimal = 1900,
        BillingScheme = "per_unit",
        Interval = "month",
        IntervalCount = 1,
        UsageType = "licensed",
        Nickname = "Pro, monthly",
        CreatedAt = Sample.Day(-60),
        Metadata = new Dictionary<string, string> { ["tier"] = "2" },
    };
}
