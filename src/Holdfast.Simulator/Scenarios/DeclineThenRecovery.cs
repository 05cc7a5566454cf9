using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>The card no longer works at the renewal: past_due, until the customer brings another and pays.</summary>
internal static class DeclineThenRecovery
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var subscription = await shopper.SubscribeAsync(customer, "pro");
        yield return shopper.Days(3);
        await shopper.UseCardAsync(customer, "pm_card_chargeCustomerFail");
        yield return await shopper.UntilRenewalAsync(subscription);

        // A day later the mail that tells of it is read.
        yield return shopper.Days(1);
        await shopper.UseCardAsync(customer, "pm_card_mastercard");
        yield return shopper.Moments();
        var read = await shopper.Client.GetAsync($"/v1/subscriptions/{subscription.Text("id")}");
        shopper.Note("invoice", await shopper.Client.PostAsync($"/v1/invoices/{read.Text("latest_invoice")}/pay"));
    }
}
