using Holdfast.Tests.Shop.Objects;
using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>Things bought once.</summary>
internal static class OneOffs
{
    /// <summary>Stripe tells of the completed session twice, under two event ids.</summary>
    public static ExpectedCustomer BuysOnce(ShopFloor shop)
    {
        var purchase = shop.Purchases.ByCard(shop.Catalog.Onboarding, "order_1001");
        shop.World.Wait(3);
        shop.World.Tell("checkout.session.completed", purchase.Session);
        shop.World.TellLastAgain();
        return Purchases.EndsAs(purchase, shop.Catalog.Onboarding, paid: 14900);
    }

    public static ExpectedCustomer BuysThreeByBankDebit(ShopFloor shop)
    {
        var world = shop.World;
        var purchase = shop.Purchases.ByBankDebit(shop.Catalog.Onboarding, "order_1002", quantity: 3);
        world.Wait(TimeSpan.FromDays(5));
        world.ActByItself();
        purchase.Intent = shop.Payments.Succeed(purchase.Intent, purchase.Intent.Method!);
        purchase.Session = purchase.Session with { PaymentStatus = "paid" };
        world.Tell("checkout.session.async_payment_succeeded", purchase.Session);
        purchase.Settle();
        return Purchases.EndsAs(purchase, shop.Catalog.Onboarding, paid: 44700, quantity: 3);
    }

    public static ExpectedCustomer BankDebitFails(ShopFloor shop)
    {
        var world = shop.World;
        var purchase = shop.Purchases.ByBankDebit(shop.Catalog.Onboarding, "order_1003");
        world.Wait(TimeSpan.FromDays(6));
        world.ActByItself();
        purchase.Intent = shop.Payments.Decline(purchase.Intent, purchase.Intent.Method!, Decline.InsufficientFunds);
        world.Tell("checkout.session.async_payment_failed", purchase.Session);
        return Purchases.EndsAs(purchase, shop.Catalog.Onboarding, paid: 0, isPaid: false);
    }

    public static ExpectedCustomer LeavesTheCheckout(ShopFloor shop)
    {
        var world = shop.World;
        world.ActOnRequest();
        var customer = shop.SignUps.Meet();
        CheckoutSession session = new()
        {
            Id = shop.SignUps.NewSessionId(),
            CreatedAt = world.Now,
            Mode = "payment",
            Status = "expired",
            PaymentStatus = "unpaid",
            Customer = customer,
            Total = 14900,
            ClientReferenceId = shop.SignUps.Reference("order_1004"),
        };
        world.Wait(TimeSpan.FromDays(1));
        world.ActByItself();
        world.Tell("checkout.session.expired", session);
        return new() { Story = nameof(LeavesTheCheckout), Id = customer.Id };
    }

    /// <summary>The money is held when the order is placed, and taken when the work is done.</summary>
    /// <remarks>https://docs.stripe.com/payments/place-a-hold-on-a-payment-method</remarks>
    public static ExpectedCustomer PaysWhenTheWorkIsDone(ShopFloor shop)
    {
        var (customer, intent) = PlaceHold(shop);
        shop.World.Wait(TimeSpan.FromDays(3));
        shop.World.ActOnRequest();
        shop.Payments.Capture(intent);
        return Bare(nameof(PaysWhenTheWorkIsDone), customer, intent, paid: 20000);
    }

    public static ExpectedCustomer HoldRunsOut(ShopFloor shop)
    {
        var (customer, intent) = PlaceHold(shop);
        shop.World.Wait(TimeSpan.FromDays(7));
        shop.World.ActByItself();
        var expired = intent.LatestCharge! with { Refunded = intent.Amount };
        shop.World.Tell("charge.expired", expired);
        shop.Payments.Cancel(intent with { LatestCharge = expired }, "automatic");
        return Bare(nameof(HoldRunsOut), customer, intent, paid: 0);
    }

    /// <summary>The first card is declined, the second wants proof and then pays: one intent, two charges.</summary>
    public static ExpectedCustomer TriesAnotherCard(ShopFloor shop)
    {
        var (world, payments) = (shop.World, shop.Payments);
        world.ActOnRequest();
        var customer = shop.SignUps.Meet();
        var intent = payments.Open(customer, 20000, order: shop.SignUps.Reference("order_1007"));
        intent = payments.Decline(intent, payments.Card("0002"), Decline.Generic);
        world.Wait(31);
        world.ActOnRequest();
        var second = payments.Card("3220");
        intent = payments.AskForProof(intent with { LastError = null }, second);
        world.Wait(20);
        intent = payments.Succeed(intent, second);
        return Bare(nameof(TriesAnotherCard), customer, intent, paid: 20000);
    }

    private static (Customer Customer, PaymentIntent Intent) PlaceHold(ShopFloor shop)
    {
        shop.World.ActOnRequest();
        var customer = shop.SignUps.Meet();
        var order = shop.SignUps.Reference("order_1005");
        var intent = shop.Payments.Open(customer, 20000, order: order, isCapturedByHand: true);
        shop.World.Wait(4);
        return (customer, shop.Payments.Hold(intent, shop.Payments.Card()));
    }

    private static ExpectedCustomer Bare(string story, Customer customer, PaymentIntent intent, long paid) => new()
    {
        Story = story,
        Id = customer.Id,
        Purchases = [new() { PaymentIntent = intent.Id, Paid = paid, IsPaid = paid > 0 }],
    };
}
