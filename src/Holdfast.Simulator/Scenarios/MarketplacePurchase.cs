using System.Globalization;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>
/// A plan bought on a marketplace: one checkout, whose metadata says which campaign, product and tier it was, how many,
/// and what was bought with it. Tier and quantity make the plan and its seats.
/// </summary>
internal static class MarketplacePurchase
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var quantity = (1 + shopper.Chance.Below(3)).ToString(CultureInfo.InvariantCulture);
        string[] metadata =
        [
            "sumo_campaign_id=campaign_4242",
            "sumo_product_id=product_77",
            "sumo_product_tier_id=tier_2",
            $"sumo_quantity={quantity}",
            $"sumo_user_id=sumo_{shopper.Reference}",
            """sumo_addons=["extra_export"]""",
        ];
        var session = await shopper.Client.PostAsync("/v1/checkout/sessions",
        [
            "mode=subscription",
            $"customer_email={shopper.Email}",
            $"client_reference_id={shopper.Reference}",
            $"line_items[0][price]={shopper.Price("team")}",
            $"line_items[0][quantity]={quantity}",
            "success_url=https://example.com/thanks",
            .. metadata.Select(field => Within("metadata", field)),
            .. metadata.Select(field => Within("subscription_data[metadata]", field)),
        ]);
        shopper.Note("checkout_session", session);
        yield return shopper.Moments();
        await shopper.CheckOutAsync(session);
        yield return shopper.Moments();
        var bought = await shopper.Client.GetAsync($"/v1/checkout/sessions/{session.Text("id")}");
        yield return await shopper.UntilRenewalAsync(
            await shopper.Client.GetAsync($"/v1/subscriptions/{bought.Text("subscription")}"));
    }

    private static string Within(string name, string field)
    {
        var equals = field.IndexOf('=', StringComparison.Ordinal);
        return $"{name}[{field[..equals]}]{field[equals..]}";
    }
}
