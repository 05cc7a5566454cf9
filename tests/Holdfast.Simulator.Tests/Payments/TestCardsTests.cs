using Holdfast.Simulator.Payments;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Payments;

public sealed class TestCardsTests
{
    [Fact]
    public void Every_test_card_passes_the_check_of_its_digits_and_stands_once() =>
        Assert.All(TestCards.All.Where(card => card.Name is not "us"), card =>
        {
            Assert.True(CardNumbers.PassesLuhn(card.Number), card.Number);
            Assert.Same(card, TestCards.WithNumber(card.Number));
        });

    [Theory]
    [InlineData("4242424242424241", "12", "2030", "123", "incorrect_number", "card[number]")]
    [InlineData("4242424242424242", "13", "2030", "123", "invalid_expiry_month", "card[exp_month]")]
    [InlineData("4242424242424242", "12", "95", "123", "invalid_expiry_year", "card[exp_year]")]
    [InlineData("4242424242424242", "12", "2025", "123", "invalid_expiry_year", "card[exp_year]")]
    [InlineData("4242424242424242", "12", "2030", "99", "invalid_cvc", "card[cvc]")]
    public async Task Data_that_no_card_has_is_refused(
        string number, string month, string year, string cvc, string code, string param)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(402, "POST", "/v1/payment_methods", "type=card", $"card[number]={number}",
            $"card[exp_month]={month}", $"card[exp_year]={year}", $"card[cvc]={cvc}");

        Assert.Equal("card_error", (string?)error["type"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.Equal(param, (string?)error["param"]);
    }

    [Fact]
    public async Task A_number_that_is_no_test_card_is_declined()
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(402, "POST", "/v1/payment_methods", "type=card",
            "card[number]=4111111111111111", "card[exp_month]=1", "card[exp_year]=30");

        Assert.Equal("test_mode_live_card", (string?)error["decline_code"]);
    }

    [Fact]
    public async Task The_card_of_wrong_security_codes_is_declined_only_when_one_is_sent()
    {
        await using var box = await Box.OpenAsync();
        var method = await box.PostAsync("/v1/payment_methods", "type=card", "card[number]=4000000000000127",
            "card[exp_month]=1", "card[exp_year]=2030");

        var intent = await box.PostAsync("/v1/payment_intents",
            "amount=500", "currency=usd", "confirm=true", $"payment_method={method["id"]}");

        Assert.Equal("succeeded", (string?)intent["status"]);
    }
}
