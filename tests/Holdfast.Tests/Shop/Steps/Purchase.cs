using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop.Steps;

/// <summary>Something bought once through Checkout, and what can happen to its money afterwards.</summary>
internal sealed class Purchase(StripeWorld world)
{
    public required Customer Customer { get; init; }

    public required CheckoutSession Session { get; set; }

    public required PaymentIntent Intent { get; set; }

    public Charge Charge { get; private set; } = null!;

    /// <summary>The charge as it is once paid; everything that follows happens to it.</summary>
    public void Settle()
    {
        Charge = Intent.LatestCharge!;
        world.Wait(2);
        // Fees and funds are known a little later than the payment.
        Charge = Charge with { BalanceTransaction = world.Ids.Long("txn_3") };
        world.TellChange("charge.updated", Charge);
    }

    public Refund GiveBack(long amount, string status = "succeeded")
    {
        world.ActOnRequest();
        Refund refund = new()
        {
            Id = world.Ids.Long("re_3"),
            CreatedAt = world.Now,
            Charge = Charge.Id,
            PaymentIntent = Intent.Id,
            Amount = amount,
            BalanceTransaction = world.Ids.Long("txn_3"),
            Status = status,
        };
        TellOfRefund("refund.created", refund);
        Charge = Charge with { Refunded = Charge.Refunded + amount, Refunds = [refund, .. Charge.Refunds] };
        world.TellChange("charge.refunded", Charge);
        return refund;
    }

    public void Settle(Refund refund) => Follow(refund with { Status = "succeeded" });

    /// <summary>The customer's bank sends the money back, days after the refund had succeeded.</summary>
    /// <remarks>https://docs.stripe.com/refunds#failed-refunds</remarks>
    public void Fail(Refund refund)
    {
        var failed = refund with { Status = "failed", FailureReason = "expired_or_canceled_card" };
        Follow(failed);
        TellOfRefund("refund.failed", failed);
        Charge = Charge with
        {
            Refunded = Charge.Refunded - refund.Amount,
            Refunds = [failed, .. Charge.Refunds.Skip(1)],
        };
        world.TellChange("charge.updated", Charge);
    }

    public Dispute Contest()
    {
        world.ActByItself();
        Dispute dispute = new()
        {
            Id = world.Ids.Long("du_1"),
            CreatedAt = world.Now,
            Charge = Charge,
        };
        world.Tell("charge.dispute.created", dispute);
        Charge = Charge with { Dispute = dispute.Id };
        world.TellChange("charge.updated", Charge);
        dispute = dispute with { BalanceTransactions = [world.Ids.Long("txn_1")] };
        world.Tell("charge.dispute.funds_withdrawn", dispute);
        return dispute;
    }

    public Dispute Answer(Dispute dispute)
    {
        world.ActOnRequest();
        dispute = dispute with { Status = "under_review", HasEvidence = true };
        world.TellChange("charge.dispute.updated", dispute);
        return dispute;
    }

    public void Decide(Dispute dispute, bool isWon)
    {
        world.ActByItself();
        dispute = dispute with { Status = isWon ? "won" : "lost" };
        world.Tell("charge.dispute.closed", dispute);
        if (isWon)
        {
            dispute = dispute with { BalanceTransactions = [.. dispute.BalanceTransactions, world.Ids.Long("txn_1")] };
            world.TellChange("charge.dispute.funds_reinstated", dispute);
        }
    }

    private void Follow(Refund refund)
    {
        world.ActByItself();
        if (world.Shape >= ApiVersionShape.Basil)
        {
            world.TellChange("refund.updated", refund);
        }
        else
        {
            world.TellChange("charge.refund.updated", refund);
        }
    }

    /// <summary>The refund's own events came with 2024-10-28.acacia; before, the charge told of it.</summary>
    private void TellOfRefund(string type, Refund refund)
    {
        if (world.Shape >= ApiVersionShape.Basil)
        {
            world.Tell(type, refund);
        }
        else
        {
            world.Keep(refund);
        }
    }
}
