using System.Runtime.CompilerServices;
using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop.Steps;

/// <summary>How things are bought once.</summary>
/// <remarks>https://docs.stripe.com/checkout/fulfillment</remarks>
internal sealed class Purchases(StripeWorld world, Payments payments, SignUps signUps)
{
    /// <summary>Bought with a card on Stripe's page: paid when the session is complete.</summary>
    public Purchase ByCard(Price price, string name, long quantity = 1)
    {
        var purchase = Start(price, name, quantity);
        purchase.Intent = payments.Succeed(purchase.Intent, payments.Card());
        Complete(purchase, "paid");
        purchase.Settle();
        return purchase;
    }

    /// <summary>Bought with a bank debit: the session is complete while nothing is paid yet.</summary>
    public Purchase ByBankDebit(Price price, string name, long quantity = 1)
    {
        var purchase = Start(price, name, quantity);
        purchase.Intent = payments.Submit(purchase.Intent, payments.BankDebit());
        Complete(purchase, "unpaid");
        return purchase;
    }

    /// <summary>States the end of the story, in the story's own words.</summary>
    public static ExpectedCustomer EndsAs(
        Purchase purchase,
        Price price,
        long paid,
        long quantity = 1,
        bool isPaid = true,
        long refunded = 0,
        string? dispute = null,
        [CallerMemberName] string story = "")
    {
        return new()
        {
            Story = story,
            Id = purchase.Customer.Id,
            ClientReferenceId = purchase.Session.ClientReferenceId,
            Purchases =
            [
                new()
                {
                    PaymentIntent = purchase.Intent.Id,
                    Session = purchase.Session.Id,
                    Price = price.Id,
                    Quantity = quantity,
                    IsPaid = isPaid,
                    Paid = paid,
                    Refunded = refunded,
                    Dispute = dispute,
                },
            ],
        };
    }

    private Purchase Start(Price price, string name, long quantity)
    {
        world.ActOnRequest();
        var customer = signUps.Meet();
        var reference = signUps.Reference(name);
        var total = price.UnitAmount * quantity;
        var openedAt = world.Now;
        world.Wait(55);
        var intent = payments.Open(customer, total, order: reference);
        return new(world)
        {
            Customer = customer,
            Intent = intent,
            Session = new()
            {
                Id = signUps.NewSessionId(),
                CreatedAt = openedAt,
                Mode = "payment",
                Customer = customer,
                PaymentIntent = intent.Id,
                Total = total,
                ClientReferenceId = reference,
                // The session's lines are not in the event, so the shop repeats what they say.
                Metadata = new Dictionary<string, string> { ["price"] = price.Id, ["quantity"] = $"{quantity}" },
            },
        };
    }

    private void Complete(Purchase purchase, string paymentStatus)
    {
        purchase.Session = purchase.Session with { PaymentStatus = paymentStatus };
        world.Tell("checkout.session.completed", purchase.Session);
    }
}
