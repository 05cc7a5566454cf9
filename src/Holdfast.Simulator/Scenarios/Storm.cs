namespace Holdfast.Simulator.Scenarios;

/// <summary>
/// So many new customers a second, each of whom pays, and some are refunded: a load for whatever listens. It runs on
/// the real clock.
/// </summary>
internal static class Storm
{
    private const double Refunded = 0.1;

    public static Scenario Scenario { get; } = new("storm", "New customers who pay, at a rate: a load test.", PlayAsync);

    private static async Task<ScenarioReport> PlayAsync(Theatre theatre, ScenarioOptions options, CancellationToken ct)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1), theatre.Time);
        List<Shopper> shoppers = [];
        for (var second = 0; second < options.Seconds; second++)
        {
            for (var i = 0; i < options.Rate; i++)
            {
                var shopper = await theatre.NewShopperAsync(isWeekly: false, ct);
                await BuyAsync(shopper);
                shoppers.Add(shopper);
            }

            await pace.WaitForNextTickAsync(ct);
        }

        return ScenarioReport.Of(shoppers);
    }

    private static async Task BuyAsync(Shopper shopper)
    {
        try
        {
            var customer = await shopper.SignUpAsync();
            var intent = await shopper.PayAsync(customer, amount: 4900, "usd", "payment_method=pm_card_visa");
            if (shopper.Chance.Happens(Refunded))
            {
                await shopper.Client.PostAsync("/v1/refunds", $"payment_intent={intent["id"]}");
            }
        }
        catch (BrokenOffException)
        {
            // In bad weather some do not get to the end.
        }
    }
}
