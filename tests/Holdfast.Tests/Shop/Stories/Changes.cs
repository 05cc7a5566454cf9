using Holdfast.Tests.Shop.Objects;
using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>What customers change in the middle of a period.</summary>
/// <remarks>https://docs.stripe.com/billing/subscriptions/change-price</remarks>
internal static class Changes
{
    public static ExpectedCustomer Upgrades(ShopFloor shop)
    {
        var world = shop.World;
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Starter, "user_growing");
        buyer.Entitle("export");
        world.Wait(TimeSpan.FromDays(15));
        world.ActOnRequest();
        UpgradeAtOnce(shop, buyer);
        buyer.Entitle("export", "priority_support");
        buyer.Renew();
        return buyer.EndsAs("active", shop.Catalog.Pro);
    }

    public static ExpectedCustomer AddsSeatsAndTakesThemBack(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Team, "team_seven", quantity: 3);
        foreach (var seats in (long[])[5, 3, 5, 3])
        {
            shop.World.Wait(TimeSpan.FromHours(5));
            shop.World.ActOnRequest();
            buyer.Change(subscription => subscription with { Quantity = seats });
        }

        buyer.Renew();
        return buyer.EndsAs("active", shop.Catalog.Team, quantity: 3);
    }

    /// <summary>3 → 6 → 3 → 7 → 6 seats within one second: by their time, nobody can order these.</summary>
    public static ExpectedCustomer ChangesSeatsFourTimesInASecond(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Team, quantity: 3);
        shop.World.Wait(TimeSpan.FromDays(3));
        foreach (var seats in (long[])[6, 3, 7, 6])
        {
            shop.World.ActOnRequest();
            buyer.Change(subscription => subscription with { Quantity = seats });
        }

        return buyer.EndsAs("active", shop.Catalog.Team, quantity: 6);
    }

    /// <remarks>https://docs.stripe.com/billing/subscriptions/pending-updates</remarks>
    public static ExpectedCustomer UpgradeWaitsForItsPayment(ShopFloor shop)
    {
        var world = shop.World;
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Starter);
        world.Wait(TimeSpan.FromDays(6));
        var bill = AskToUpgrade(shop, buyer);
        world.Wait(TimeSpan.FromHours(2));
        world.ActOnRequest();
        buyer.Bill = shop.Billing.Pay(bill, buyer.Method);
        buyer.Change(subscription => subscription with { PendingUpdate = null, Price = shop.Catalog.Pro });
        world.Tell("customer.subscription.pending_update_applied", buyer.Subscription);
        return buyer.EndsAs("active", shop.Catalog.Pro);
    }

    public static ExpectedCustomer UpgradeIsNeverPaid(ShopFloor shop)
    {
        var world = shop.World;
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Starter);
        world.Wait(TimeSpan.FromDays(6));
        var bill = AskToUpgrade(shop, buyer);
        world.WaitUntil(buyer.Subscription.PendingUpdate!.ExpiresAt);
        world.ActByItself();
        shop.Billing.Void(bill);
        buyer.Change(subscription => subscription with { PendingUpdate = null });
        world.Tell("customer.subscription.pending_update_expired", buyer.Subscription);
        return buyer.EndsAs("active", shop.Catalog.Starter);
    }

    /// <summary>Collection pauses for some days. The status stays, and no event says "paused".</summary>
    /// <remarks>https://docs.stripe.com/billing/subscriptions/pause-payment</remarks>
    public static ExpectedCustomer PausesCollection(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.ProYearly);
        shop.World.Wait(TimeSpan.FromDays(8));
        shop.World.ActOnRequest();
        buyer.Change(subscription => subscription with { PauseBehavior = "keep_as_draft" });
        shop.World.Wait(TimeSpan.FromDays(8));
        shop.World.ActOnRequest();
        buyer.Change(subscription => subscription with { PauseBehavior = null });
        return buyer.EndsAs("active", shop.Catalog.ProYearly);
    }

    private static void UpgradeAtOnce(ShopFloor shop, Subscriber buyer)
    {
        var changed = buyer.Subscription with { Price = shop.Catalog.Pro };
        var bill = shop.Billing.Draft(buyer.Customer, changed, "subscription_update", Prorations(shop, buyer, changed));
        buyer.Change(_ => changed with { LatestInvoice = bill.Invoice.Id });
        buyer.Bill = shop.Billing.Pay(shop.Billing.Finalize(bill), buyer.Method);
    }

    private static Bill AskToUpgrade(ShopFloor shop, Subscriber buyer)
    {
        var world = shop.World;
        world.ActOnRequest();
        var changed = buyer.Subscription with { Price = shop.Catalog.Pro };
        var bill = shop.Billing.Draft(buyer.Customer, changed, "subscription_update", Prorations(shop, buyer, changed));
        bill = shop.Billing.Finalize(bill);
        bill = bill with { Intent = shop.Payments.AskForProof(bill.Intent!, buyer.Method) };
        buyer.Change(subscription => subscription with
        {
            LatestInvoice = bill.Invoice.Id,
            PendingUpdate = new(shop.Catalog.Pro, Quantity: 1, world.Now.AddHours(23)),
        });
        return bill;
    }

    /// <summary>The unused rest of the old price back, and the rest of the period at the new one.</summary>
    private static InvoiceLine[] Prorations(ShopFloor shop, Subscriber buyer, Subscription changed)
    {
        var old = buyer.Subscription;
        var left = (old.PeriodEndsAt - shop.World.Now) / (old.PeriodEndsAt - old.PeriodStartsAt);
        return
        [
            shop.Billing.Proration(old, $"Unused time on {old.Price.Nickname}", -Share(old)),
            shop.Billing.Proration(changed, $"Remaining time on {changed.Price.Nickname}", Share(changed)),
        ];

        long Share(Subscription subscription) =>
            (long)Math.Round(subscription.Quantity * subscription.Price.UnitAmount * left, MidpointRounding.ToEven);
    }
}
