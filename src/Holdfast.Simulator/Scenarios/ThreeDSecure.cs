namespace Holdfast.Simulator.Scenarios;

/// <summary>A payment whose bank asks the customer to confirm it.</summary>
internal static class ThreeDSecure
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var intent = await shopper.PayAsync(
            customer,
            amount: 4900,
            "usd",
            "payment_method=pm_card_authenticationRequired",
            "return_url=https://example.com/thanks");
        yield return shopper.Moments();
        await shopper.AuthenticateAsync(intent);
    }
}
