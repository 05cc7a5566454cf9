namespace Holdfast.Simulator.Scenarios;

/// <summary>A payment from a bank account, which is known to have arrived only later.</summary>
internal static class BankDebit
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        await shopper.PayAsync(
            customer,
            amount: 4900,
            "eur",
            "payment_method=pm_sepaDebit_successDelayed_de",
            "mandate_data[customer_acceptance][type]=offline");

        yield return shopper.Days(5);
    }
}
