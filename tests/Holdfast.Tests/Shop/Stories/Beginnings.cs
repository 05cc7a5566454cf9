using Holdfast.Tests.Shop.Objects;
using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>How subscriptions start.</summary>
internal static class Beginnings
{
    public static ExpectedCustomer TrialBecomesPaid(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Pro, "user_trial", trialDays: 14);
        buyer.Entitle("export", "priority_support");
        NearTrialEnd(shop, buyer);
        buyer.Renew();
        return buyer.EndsAs("active", shop.Catalog.Pro);
    }

    public static ExpectedCustomer NeverPays(ShopFloor shop)
    {
        var (world, payments) = (shop.World, shop.Payments);
        var buyer = shop.SignUps.Incomplete(shop.Catalog.Starter);
        world.Wait(5);
        world.ActOnRequest();
        var intent = payments.AskForProof(buyer.Bill.Intent!, buyer.Method);
        world.Wait(90);
        intent = payments.TurnBack(intent, Decline.NotAuthenticated);
        world.WaitUntil(buyer.Subscription.CreatedAt.AddHours(23));
        world.ActByItself();
        shop.Billing.Void(buyer.Bill with { Intent = intent });
        buyer.Change(subscription => subscription with { Status = "incomplete_expired", EndedAt = world.Now });
        return buyer.EndsAs("incomplete_expired", shop.Catalog.Starter);
    }

    public static ExpectedCustomer PausedForWantOfACard(ShopFloor shop)
    {
        var world = shop.World;
        var buyer = shop.SignUps.OnTrialWithoutCard(shop.Catalog.Starter, trialDays: 7);
        NearTrialEnd(shop, buyer);
        world.WaitUntil(buyer.Subscription.PeriodEndsAt);
        buyer.Change(subscription => subscription with
        {
            Status = "paused",
            PausedBecause = "trial_end_without_payment_method",
        });
        world.Tell("customer.subscription.paused", buyer.Subscription);

        world.Wait(TimeSpan.FromDays(4));
        world.ActOnRequest();
        buyer.Change(subscription => subscription with { PaymentMethod = buyer.Method.Id });
        world.Wait(1);
        world.ActOnRequest();
        buyer.Subscription = buyer.Subscription with { PausedBecause = null, PeriodEndsAt = world.Now };
        buyer.BeginPeriod();
        buyer.Bill = shop.Billing.Pay(shop.Billing.Finalize(buyer.Bill), buyer.Method);
        world.Tell("customer.subscription.resumed", buyer.Subscription);
        return buyer.EndsAs("active", shop.Catalog.Starter);
    }

    public static ExpectedCustomer EndsInTheTrial(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Pro, "user_curious", trialDays: 14);
        buyer.Entitle("export", "priority_support");
        shop.World.Wait(TimeSpan.FromDays(2));
        shop.World.ActOnRequest();
        buyer.End("cancellation_requested");
        return buyer.EndsAs("canceled", shop.Catalog.Pro);
    }

    /// <remarks>https://docs.stripe.com/billing/subscriptions/trials</remarks>
    private static void NearTrialEnd(ShopFloor shop, Subscriber buyer)
    {
        shop.World.WaitUntil(buyer.Subscription.TrialEndsAt!.Value.AddDays(-3));
        shop.World.ActByItself();
        shop.World.Tell("customer.subscription.trial_will_end", buyer.Subscription);
    }
}
