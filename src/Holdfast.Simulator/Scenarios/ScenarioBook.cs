namespace Holdfast.Simulator.Scenarios;

/// <summary>Every scenario there is, by name.</summary>
internal static class ScenarioBook
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Scenario.Of("renewal", "A subscription is bought, and its first renewal paid.", Renewal.Play),
        Scenario.Of(
            "decline-then-recovery", "A renewal is declined; the customer pays by another card.", DeclineThenRecovery.Play),
        Scenario.Of("3ds", "The bank asks the customer to confirm a payment.", ThreeDSecure.Play),
        Scenario.Of(
            "upgrade", "The larger plan is taken half-way, the difference billed at once.", Upgrade.Play),
        Scenario.Of("quantity", "Seats are added, and billed at the renewal.", Quantity.Play),
        Scenario.Of(
            "cancel-at-period-end", "Notice is given; the subscription ends with its period.", CancelAtPeriodEnd.Play),
        Scenario.Of("refund", "A payment is refunded in two parts.", Refunded.Play),
        Scenario.Of("dispute-lost", "A payment is disputed, and the dispute lost.", DisputeLost.Play),
        Scenario.Of("bank-debit-async", "A payment from a bank account arrives later.", BankDebit.Play),
        Scenario.Of(
            "marketplace-purchase", "A plan is bought on a marketplace; metadata says which.", MarketplacePurchase.Play),
        RunningShop.Scenario,
        Storm.Scenario,
    ];

    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
