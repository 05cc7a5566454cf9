using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop.Steps;

/// <summary>How money comes in: PaymentIntents, and the charges they make.</summary>
/// <remarks>https://docs.stripe.com/payments/paymentintents/lifecycle</remarks>
internal sealed class Payments(StripeWorld world)
{
    public PaymentMethod Card(string last4 = "4242") => new(world.Ids.Long("pm_1"), IsCard: true, last4);

    public PaymentMethod BankDebit() => new(world.Ids.Long("pm_1"), IsCard: false, "3000");

    public PaymentIntent Open(
        Customer customer,
        long amount,
        string? invoice = null,
        string? order = null,
        bool isCapturedByHand = false)
    {
        PaymentIntent intent = new()
        {
            Id = world.Ids.Long("pi_3"),
            CreatedAt = world.Now,
            Customer = customer,
            Amount = amount,
            Invoice = invoice,
            IsCapturedByHand = isCapturedByHand,
            Metadata = order is null ? [] : new Dictionary<string, string> { ["order_id"] = order },
        };
        world.Tell("payment_intent.created", intent);
        return intent;
    }

    /// <summary>The customer has to prove who they are before anything is charged.</summary>
    public PaymentIntent AskForProof(PaymentIntent intent, PaymentMethod method)
    {
        intent = intent with { Status = "requires_action", Method = method };
        world.Tell("payment_intent.requires_action", intent);
        return intent;
    }

    /// <summary>A bank debit was submitted: the money comes, or does not, days later.</summary>
    public PaymentIntent Submit(PaymentIntent intent, PaymentMethod method)
    {
        var charge = Charge(intent, method) with { Status = "pending" };
        world.Tell("charge.pending", charge);
        intent = intent with { Status = "processing", Method = method, LatestCharge = charge };
        world.Tell("payment_intent.processing", intent);
        return intent;
    }

    public PaymentIntent Succeed(PaymentIntent intent, PaymentMethod method)
    {
        // A pending charge becomes the paid one; after a decline there is a new charge.
        var charge = intent.LatestCharge is { Status: "pending" } pending
            ? pending with { Status = "succeeded" }
            : Charge(intent, method);
        charge = charge with { BalanceTransaction = world.Ids.Long("txn_3") };
        world.Tell("charge.succeeded", charge);
        intent = intent with
        {
            Status = "succeeded",
            Received = intent.Amount,
            Method = method,
            LatestCharge = charge,
            LastError = null,
        };
        world.Tell("payment_intent.succeeded", intent);
        return intent;
    }

    /// <summary>The bank says no; the intent waits for another payment method.</summary>
    public PaymentIntent Decline(PaymentIntent intent, PaymentMethod method, Decline decline)
    {
        var charge = intent.LatestCharge is { Status: "pending" } pending ? pending : Charge(intent, method);
        charge = charge with { Status = "failed", Decline = decline };
        world.Tell("charge.failed", charge);
        return TurnBack(intent with { Method = method, LatestCharge = charge }, decline);
    }

    /// <summary>It failed before anything was charged.</summary>
    public PaymentIntent TurnBack(PaymentIntent intent, Decline decline)
    {
        intent = intent with { Status = "requires_payment_method", LastError = decline };
        world.Tell("payment_intent.payment_failed", intent);
        return intent;
    }

    /// <summary>The money is held, and taken only when captured.</summary>
    public PaymentIntent Hold(PaymentIntent intent, PaymentMethod method)
    {
        var charge = Charge(intent, method) with { IsCaptured = false };
        world.Tell("charge.succeeded", charge);
        intent = intent with { Status = "requires_capture", Method = method, LatestCharge = charge };
        world.Tell("payment_intent.amount_capturable_updated", intent);
        return intent;
    }

    public PaymentIntent Capture(PaymentIntent intent)
    {
        var charge = intent.LatestCharge! with { IsCaptured = true, BalanceTransaction = world.Ids.Long("txn_3") };
        world.TellChange("charge.captured", charge);
        intent = intent with { Status = "succeeded", Received = intent.Amount, LatestCharge = charge };
        world.Tell("payment_intent.succeeded", intent);
        return intent;
    }

    public PaymentIntent Cancel(PaymentIntent intent, string reason)
    {
        intent = intent with { Status = "canceled", CanceledAt = world.Now, CancellationReason = reason };
        world.Tell("payment_intent.canceled", intent);
        return intent;
    }

    private Charge Charge(PaymentIntent intent, PaymentMethod method) => new()
    {
        Id = world.Ids.Long("ch_3"),
        CreatedAt = world.Now,
        Customer = intent.Customer,
        PaymentIntent = intent.Id,
        Invoice = intent.Invoice,
        Method = method,
        Amount = intent.Amount,
    };
}
