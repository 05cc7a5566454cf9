using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>A team takes seats, then more seats: what they cost until the renewal is billed with it.</summary>
internal static class Quantity
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var subscription = await shopper.SubscribeAsync(customer, "team", quantity: 3);
        yield return shopper.Days(4);
        await shopper.Client.PostAsync($"/v1/subscriptions/{subscription.Text("id")}",
            $"items[0][id]={subscription.Objects("items").First().Text("id")}",
            "items[0][quantity]=5");
        yield return await shopper.UntilRenewalAsync(subscription);
    }
}
