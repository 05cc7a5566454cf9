using Holdfast.Tests.Shop.Objects;
using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>What happens when a period ends.</summary>
/// <remarks>https://docs.stripe.com/billing/subscriptions/webhooks</remarks>
internal static class Renewals
{
    public static ExpectedCustomer Renews(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Starter);
        Announce(shop, buyer);
        buyer.Renew();
        return buyer.EndsAs("active", shop.Catalog.Starter);
    }

    public static ExpectedCustomer FailsAndRecovers(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Pro, "user_new_card");
        buyer.FailToRenew();
        shop.World.Wait(TimeSpan.FromDays(1));
        shop.World.ActOnRequest();
        buyer.Method = shop.Payments.Card("4444");
        buyer.Change(subscription => subscription with { PaymentMethod = buyer.Method.Id });
        shop.World.Wait(TimeSpan.FromDays(2));
        shop.World.ActByItself();
        buyer.Recover();
        return buyer.EndsAs("active", shop.Catalog.Pro);
    }

    public static ExpectedCustomer BecomesUnpaid(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Team, quantity: 4);
        ExhaustRetries(shop, buyer);
        buyer.Change(subscription => subscription with { Status = "unpaid" });
        return buyer.EndsAs("unpaid", shop.Catalog.Team, quantity: 4);
    }

    public static ExpectedCustomer CanceledForWantOfPayment(ShopFloor shop)
    {
        var buyer = shop.SignUps.ThroughCheckout(shop.Catalog.Pro, "user_gone_quiet");
        buyer.Entitle("export", "priority_support");
        ExhaustRetries(shop, buyer);
        buyer.End("payment_failed");
        return buyer.EndsAs("canceled", shop.Catalog.Pro);
    }

    /// <summary>The bank wants the customer present, so the subscription is past due until they come.</summary>
    public static ExpectedCustomer ProvesIdentity(ShopFloor shop)
    {
        var world = shop.World;
        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Pro);
        buyer.WaitForNextPeriod();
        world.Wait(TimeSpan.FromHours(1));
        var bill = shop.Billing.Finalize(buyer.Bill);
        var intent = shop.Payments.AskForProof(bill.Intent!, buyer.Method);
        var invoice = bill.Invoice with { Attempts = 1 };
        world.TellChange("invoice.updated", invoice);
        world.Tell("invoice.payment_action_required", invoice);
        world.Tell("invoice.payment_failed", invoice);
        buyer.Change(subscription => subscription with { Status = "past_due" });

        world.Wait(TimeSpan.FromHours(7));
        world.ActOnRequest();
        buyer.Bill = shop.Billing.Pay(new(invoice, intent), buyer.Method);
        buyer.Change(subscription => subscription with { Status = "active" });
        return buyer.EndsAs("active", shop.Catalog.Pro);
    }

    /// <summary>Given up on, and then paid by bank transfer.</summary>
    public static ExpectedCustomer PaysByInvoice(ShopFloor shop)
    {
        var (world, billing) = (shop.World, shop.Billing);
        var buyer = shop.SignUps.OnInvoice(shop.Catalog.Team, quantity: 12);
        var bill = billing.Finalize(buyer.Bill);
        world.Tell("invoice.sent", bill.Invoice);
        world.Wait(TimeSpan.FromDays(11));
        world.ActByItself();
        world.Tell("invoice.will_be_due", bill.Invoice);
        world.WaitUntil(bill.Invoice.DueAt!.Value);
        world.Tell("invoice.overdue", bill.Invoice);
        buyer.Change(subscription => subscription with { Status = "past_due" });

        world.Wait(TimeSpan.FromDays(5));
        world.ActOnRequest();
        bill = bill with
        {
            Invoice = bill.Invoice with { Status = "uncollectible", UncollectibleAt = world.Now },
        };
        world.Tell("invoice.marked_uncollectible", bill.Invoice);
        world.Wait(TimeSpan.FromDays(2));
        world.ActOnRequest();
        billing.PayOutOfBand(bill);
        buyer.Change(subscription => subscription with { Status = "active" });
        return buyer.EndsAs("active", shop.Catalog.Team, quantity: 12);
    }

    /// <summary>
    /// Two renewals within seconds, at simulated times: the events say a future month, while they come today.
    /// Test clocks exist in test mode only, so in live mode this customer just renews.
    /// </summary>
    /// <remarks>https://docs.stripe.com/billing/testing/test-clocks</remarks>
    public static ExpectedCustomer RenewsOnATestClock(ShopFloor shop)
    {
        var world = shop.World;
        TestClock clock = new() { Id = world.Ids.Long("clock_1"), CreatedAt = world.Now, FrozenAt = world.Now };
        if (!world.IsLive)
        {
            world.ActOnRequest();
            world.Tell("test_helpers.test_clock.created", clock);
        }

        var buyer = shop.SignUps.ThroughApi(shop.Catalog.Team, quantity: 2, world.IsLive ? null : clock.Id);
        if (world.IsLive)
        {
            buyer.Renew();
            return buyer.EndsAs("active", shop.Catalog.Team, quantity: 2);
        }

        AdvanceTo(buyer.Subscription.PeriodEndsAt, () => buyer.BeginPeriod());
        AdvanceTo(world.Now.AddHours(1), () =>
            buyer.Bill = shop.Billing.Pay(shop.Billing.Finalize(buyer.Bill), buyer.Method));
        AdvanceTo(buyer.Subscription.PeriodEndsAt, () => buyer.BeginPeriod());
        AdvanceTo(world.Now.AddHours(1), () =>
        {
            buyer.Bill = shop.Billing.Finalize(buyer.Bill);
            buyer.FailAttempt(nextAttemptIn: 3);
            buyer.Change(subscription => subscription with { Status = "past_due" });
        });
        return buyer.EndsAs("past_due", shop.Catalog.Team, quantity: 2);

        void AdvanceTo(DateTimeOffset moment, Action happens)
        {
            world.ActOnRequest();
            clock = clock with { Status = "advancing", FrozenAt = moment };
            world.Tell("test_helpers.test_clock.advancing", clock);
            world.Wait(2);
            world.AdvanceTestClockTo(moment);
            happens();
            clock = clock with { Status = "ready" };
            world.Tell("test_helpers.test_clock.ready", clock);
        }
    }

    /// <summary>Tells of the coming renewal, with an invoice that does not exist yet and so has no id.</summary>
    private static void Announce(ShopFloor shop, Subscriber buyer)
    {
        shop.World.WaitUntil(buyer.Subscription.PeriodEndsAt.AddDays(-7));
        shop.World.ActByItself();
        shop.World.Mention("invoice.upcoming", new Invoice
        {
            Id = "",
            CreatedAt = buyer.Subscription.PeriodEndsAt,
            Customer = buyer.Customer,
            Subscription = buyer.Subscription.Id,
            BillingReason = "upcoming",
            Lines = [shop.Billing.Line(buyer.Subscription)],
            PeriodStartsAt = buyer.Subscription.PeriodStartsAt,
            PeriodEndsAt = buyer.Subscription.PeriodEndsAt,
            IsPreview = true,
        });
    }

    /// <summary>Four attempts in two weeks, none of them good.</summary>
    private static void ExhaustRetries(ShopFloor shop, Subscriber buyer)
    {
        buyer.FailToRenew();
        shop.World.Wait(TimeSpan.FromDays(3));
        buyer.FailAttempt(nextAttemptIn: 5);
        shop.World.Wait(TimeSpan.FromDays(5));
        buyer.FailAttempt(nextAttemptIn: 6);
        shop.World.Wait(TimeSpan.FromDays(6));
        buyer.FailAttempt(nextAttemptIn: null);
    }
}
