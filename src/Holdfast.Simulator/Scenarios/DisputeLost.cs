using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>A customer disputes a payment with their bank, and the evidence of the shop does not convince it.</summary>
internal static class DisputeLost
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var intent = await shopper.PayAsync(customer, amount: 4900, "usd", "payment_method=pm_card_createDispute");
        yield return shopper.Days(2);
        var disputes = await shopper.Client.GetAsync("/v1/disputes", $"payment_intent={intent.Text("id")}");
        var dispute = shopper.Note("dispute", disputes.Objects("data").First());
        await shopper.Client.PostAsync($"/v1/disputes/{dispute}",
            "evidence[uncategorized_text]=losing_evidence", "submit=true");

        // Banks take their time.
        yield return shopper.Days(3);
    }
}
