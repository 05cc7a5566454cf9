using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>A customer gives notice and keeps what is paid for until the period's end.</summary>
internal static class CancelAtPeriodEnd
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var subscription = await shopper.SubscribeAsync(customer, "pro");
        yield return shopper.Days(2);
        await shopper.Client.PostAsync($"/v1/subscriptions/{subscription.Text("id")}",
            "cancel_at_period_end=true",
            "cancellation_details[feedback]=too_expensive");
        yield return await shopper.UntilRenewalAsync(subscription);
    }
}
