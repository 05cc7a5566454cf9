using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>How subscriptions end, or do not.</summary>
/// <remarks>https://docs.stripe.com/billing/subscriptions/cancel</remarks>
internal static class Endings
{
    /// <summary>Cancels at the period's end, takes it back, cancels again, and is gone when the period ends.</summary>
    public static ExpectedCustomer CannotDecideToLeave(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Pro, "user_undecided");
        buyer.Entitle("export", "priority_support");
        foreach (var leaves in (bool[])[true, false, true])
        {
            shop.World.Wait(TimeSpan.FromDays(4));
            Announce(shop, buyer, leaves);
        }

        shop.World.WaitUntil(buyer.Subscription.PeriodEndsAt);
        shop.World.ActByItself();
        buyer.End("cancellation_requested");
        return buyer.EndsAs("canceled", shop.Catalog.Pro, cancelAtPeriodEnd: true);
    }

    /// <summary>A double click: cancels and takes it back within one second.</summary>
    public static ExpectedCustomer StaysAfterAll(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.ProYearly, "user_loyal");
        shop.World.Wait(TimeSpan.FromDays(9));
        Announce(shop, buyer, leaves: true);
        Announce(shop, buyer, leaves: false);
        return buyer.EndsAs("active", shop.Catalog.ProYearly);
    }

    public static ExpectedCustomer LeavesAtOnce(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Team, "team_dissolved", quantity: 8);
        buyer.Entitle("export", "shared_folders");
        shop.World.Wait(TimeSpan.FromDays(10));
        shop.World.ActOnRequest();
        buyer.End("cancellation_requested");
        return buyer.EndsAs("canceled", shop.Catalog.Team, quantity: 8);
    }

    /// <summary>The customer is deleted, which ends the subscription in the same second.</summary>
    public static ExpectedCustomer AsksToBeForgotten(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Starter);
        shop.World.Wait(TimeSpan.FromDays(12));
        shop.World.ActOnRequest();
        buyer.ChangeCustomer(customer => customer with { Phone = "+35315550100" });
        shop.World.ActOnRequest();
        buyer.End("cancellation_requested");
        shop.World.TellDeletion("customer.deleted", buyer.Customer);
        return buyer.EndsAs("canceled", shop.Catalog.Starter, isDeleted: true);
    }

    private static void Announce(ShopFloor shop, Subscriber buyer, bool leaves)
    {
        shop.World.ActOnRequest();
        buyer.Change(subscription => subscription with
        {
            CancelAtPeriodEnd = leaves,
            CanceledAt = leaves ? shop.World.Now : null,
            CancellationReason = leaves ? "cancellation_requested" : null,
        });
    }
}
