using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Objects;

public sealed class PricesTests
{
    [Theory]
    [InlineData("month", "0")]
    [InlineData("month", "-1")]
    [InlineData("month", "37")]
    [InlineData("week", "157")]
    [InlineData("day", "1096")]
    [InlineData("year", "4")]
    public async Task A_price_or_plan_of_no_period_or_of_more_than_three_years_is_refused(string interval, string count)
    {
        await using var box = await Box.OpenAsync();
        var product = (await box.PostAsync("/v1/products", "name=Pro"))["id"];

        var price = await box.RefusedAsync(400, "POST", "/v1/prices", "currency=eur", "unit_amount=500", $"product={product}",
            $"recurring[interval]={interval}", $"recurring[interval_count]={count}");
        var plan = await box.RefusedAsync(400, "POST", "/v1/plans", "currency=eur", "amount=500", $"product={product}",
            $"interval={interval}", $"interval_count={count}");

        Assert.Equal("parameter_invalid_integer", (string?)price["code"]);
        Assert.Equal("recurring[interval_count]", (string?)price["param"]);
        Assert.Equal("interval_count", (string?)plan["param"]);
    }

    [Theory]
    [InlineData("amount", "-1", "parameter_invalid_integer")]
    [InlineData("amount", "1000000000000", "amount_too_large")]
    [InlineData("amount_decimal", "1000000000000", "amount_too_large")]
    public async Task A_plan_costs_no_less_and_no_more_than_a_price_may(string param, string amount, string code)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/v1/plans", "currency=eur", $"{param}={amount}", "interval=month",
            "product[name]=Pro");

        Assert.Equal((param, code), ((string?)error["param"], (string?)error["code"]));
    }

    [Theory]
    [InlineData("month", "36")]
    [InlineData("year", "3")]
    public async Task A_price_may_recur_every_three_years(string interval, string count)
    {
        await using var box = await Box.OpenAsync();

        var price = await box.PostAsync("/v1/prices", "currency=eur", "unit_amount=500", "product_data[name]=Pro",
            $"recurring[interval]={interval}", $"recurring[interval_count]={count}");

        Assert.Equal(count, price["recurring"]!["interval_count"]!.ToString());
    }

    [Theory]
    [InlineData("unit_amount", "9223372036854775807")]
    [InlineData("unit_amount_decimal", "100000000000000000000")]
    public async Task An_amount_nobody_can_pay_is_refused(string field, string amount)
    {
        await using var box = await Box.OpenAsync();

        var refused = await box.RefusedAsync(
            400, "POST", "/v1/prices", "currency=eur", $"{field}={amount}", "product_data[name]=Pro");

        Assert.Equal(field, (string?)refused["param"]);
    }
}
