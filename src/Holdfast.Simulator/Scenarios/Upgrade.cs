using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>Half-way through, a customer takes the larger plan and pays the difference at once.</summary>
internal static class Upgrade
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var subscription = await shopper.SubscribeAsync(customer, "starter");
        yield return shopper.Days(3);
        await shopper.Client.PostAsync($"/v1/subscriptions/{subscription.Text("id")}",
            $"items[0][id]={subscription.Objects("items").First().Text("id")}",
            $"items[0][price]={shopper.Price("pro")}",
            "proration_behavior=always_invoice");
        yield return await shopper.UntilRenewalAsync(subscription);
    }
}
