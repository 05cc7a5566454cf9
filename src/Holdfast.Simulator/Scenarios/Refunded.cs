using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>A purchase is paid back: a part of it first, the rest later.</summary>
internal static class Refunded
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var intent = await shopper.PayAsync(customer, amount: 4900, "usd", "payment_method=pm_card_visa");
        yield return shopper.Days(1);
        await shopper.Client.PostAsync("/v1/refunds",
            $"payment_intent={intent.Text("id")}", "amount=1900", "reason=requested_by_customer");
        yield return shopper.Days(2);
        var rest = await shopper.Client.PostAsync("/v1/refunds", $"payment_intent={intent.Text("id")}");
        shopper.Note("refund", rest);
    }
}
