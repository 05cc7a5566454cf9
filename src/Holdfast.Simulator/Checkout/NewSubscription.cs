using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>
/// The subscription a session sells. Since basil it is made when its first payment went through, and not before.
/// </summary>
internal static class NewSubscription
{
    private const long DaySeconds = 24 * 60 * 60;

    /// <summary>What its first invoice will ask for: that is made in earnest, looked at, and undone.</summary>
    public static long DueToday(Operation operation, StripeObject session, StripeObject customer)
    {
        var trial = new Operation(operation.World, operation.Cause);
        try
        {
            var subscription = Subscriptions.Start(
                trial, Terms(trial, session, customer) with { PaymentBehavior = "default_incomplete" });
            return InvoiceOf(trial.World, subscription).Number("amount_remaining");
        }
        finally
        {
            trial.Undo();
        }
    }

    /// <param name="paidBy">The intent of the first payment, done or under way; null when nothing was due.</param>
    public static StripeObject Start(
        Operation operation, StripeObject session, StripeObject customer, StripeObject? method, StripeObject? paidBy) =>
        Subscriptions.Start(operation, Terms(operation, session, customer) with
        {
            DefaultMethod = method,
            PaidBy = paidBy,
            PaymentBehavior = "default_incomplete",
        });

    private static SubscriptionTerms Terms(Operation operation, StripeObject session, StripeObject customer)
    {
        var data = session.Hidden.Child("data") ?? [];
        var items = LineItems.Of(operation.World, session.Id)
            .Select(line => new ItemTerms(
                operation.World.Find(Prices.Type, line.Text("price.id"))
                    ?? throw new InvalidOperationException($"{line} has no price."), line.Number("quantity")))
            .ToLookup(item => item.Price.Text("type") is "recurring");
        var trialEnd = data.Number("trial_end")
            ?? (operation.Now(customer) + (data.Number("trial_period_days") * DaySeconds));
        return new SubscriptionTerms(customer, [.. items[true]])
        {
            Discounts = SessionDiscounts.Of(operation.World, session),
            FirstInvoice = [.. items[false]],
            Metadata = data.Child("metadata"),
            MissingMethod = data.Text("missing_payment_method") ?? "create_invoice",
            More = new()
            {
                ["billing_mode"] = data.Child("billing_mode")?.Copy(),
                ["description"] = data.Text("description"),
            },
            TrialEnd = trialEnd,
        };
    }

    private static StripeObject InvoiceOf(World world, StripeObject subscription) =>
        world.Find(Invoices.Type, subscription.Text("latest_invoice"))
        ?? throw new InvalidOperationException($"{subscription} has no invoice.");
}
