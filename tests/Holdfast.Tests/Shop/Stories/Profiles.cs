using Holdfast.Tests.Shop.Objects;
using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>What happens to customers who buy nothing that lasts.</summary>
internal static class Profiles
{
    /// <summary>A first card fails its proof, a second one is saved, and a third attempt is called off.</summary>
    /// <remarks>https://docs.stripe.com/payments/setupintents/lifecycle</remarks>
    public static ExpectedCustomer SavesACard(ShopFloor shop)
    {
        var world = shop.World;
        world.ActOnRequest();
        var customer = shop.SignUps.Meet();
        var reference = shop.SignUps.Reference("user_careful");
        var setup = NewSetup(world, customer);
        world.Tell("setup_intent.created", setup);
        setup = setup with { Status = "requires_action", LatestAttempt = world.Ids.Long("setatt_1") };
        world.Tell("setup_intent.requires_action", setup);
        world.Wait(40);
        setup = setup with { Status = "requires_payment_method", LastError = Decline.NotAuthenticated };
        world.Tell("setup_intent.setup_failed", setup);
        world.Wait(60);
        world.ActOnRequest();
        setup = setup with { Status = "succeeded", LastError = null, PaymentMethod = shop.Payments.Card().Id };
        world.Tell("setup_intent.succeeded", setup);
        world.Tell("checkout.session.completed", new CheckoutSession
        {
            Id = shop.SignUps.NewSessionId(),
            CreatedAt = setup.CreatedAt,
            Mode = "setup",
            Customer = customer,
            SetupIntent = setup.Id,
            PaymentStatus = "no_payment_required",
            ClientReferenceId = reference,
        });
        world.TellChange("customer.updated", customer with { PaymentMethod = setup.PaymentMethod });

        world.Wait(TimeSpan.FromDays(1));
        world.ActOnRequest();
        var another = NewSetup(world, customer);
        world.Tell("setup_intent.created", another);
        world.Wait(5);
        world.Tell("setup_intent.canceled", another with { Status = "canceled", CancellationReason = "abandoned" });
        return new() { Story = nameof(SavesACard), Id = customer.Id, ClientReferenceId = reference };
    }

    /// <summary>Two changes in one second, the second undoing the first; a third much later; then gone.</summary>
    public static ExpectedCustomer MovesHouse(ShopFloor shop)
    {
        var world = shop.World;
        world.ActOnRequest();
        var customer = shop.SignUps.Meet();
        world.Wait(TimeSpan.FromDays(1));
        world.ActOnRequest();
        world.TellChange("customer.updated", customer with { City = "Århus", Country = "DK" });
        world.ActOnRequest();
        world.TellChange("customer.updated", customer);
        world.Wait(TimeSpan.FromDays(3));
        world.ActOnRequest();
        var marked = customer with { Metadata = new Dictionary<string, string> { ["crm_id"] = "C-88" } };
        world.TellChange("customer.updated", marked);
        world.Wait(TimeSpan.FromDays(3));
        world.ActOnRequest();
        world.TellDeletion("customer.deleted", marked);
        return new() { Story = nameof(MovesHouse), Id = customer.Id, IsDeleted = true };
    }

    /// <summary>One draft is thrown away; another cannot be finalised at first, and is voided in the end.</summary>
    public static ExpectedCustomer InvoicedByHand(ShopFloor shop)
    {
        var (world, billing) = (shop.World, shop.Billing);
        world.ActOnRequest();
        var customer = shop.SignUps.Meet();
        var draft = billing.Draft(customer, subscription: null, "manual", Work());
        world.Wait(TimeSpan.FromHours(1));
        world.TellDeletion("invoice.deleted", draft.Invoice);

        world.ActOnRequest();
        var bill = billing.Draft(customer, subscription: null, "manual", Work());
        bill = bill with
        {
            Invoice = bill.Invoice with { FinalizationError = "customer_tax_location_invalid" },
        };
        world.Tell("invoice.finalization_failed", bill.Invoice);
        world.Wait(TimeSpan.FromHours(1));
        world.ActOnRequest();
        bill = billing.Finalize(bill);
        world.Tell("invoice.sent", bill.Invoice);
        world.Wait(TimeSpan.FromDays(2));
        world.ActOnRequest();
        billing.Void(bill);
        return new() { Story = nameof(InvoicedByHand), Id = customer.Id };

        InvoiceLine Work() => billing.Item(shop.Catalog.Onboarding, "An afternoon of help");
    }

    /// <summary>Stripe grows. What nobody knows yet is kept, and harms nothing.</summary>
    public static ExpectedCustomer MeetsATiger(ShopFloor shop)
    {
        var world = shop.World;
        world.ActOnRequest();
        var customer = shop.SignUps.Meet();
        world.Wait(8);
        world.Tell("galaxy.tiger.purred", new Tiger { Id = world.Ids.Long("tiger_1"), CreatedAt = world.Now });
        return new() { Story = nameof(MeetsATiger), Id = customer.Id };
    }

    private static SetupIntent NewSetup(StripeWorld world, Customer customer) => new()
    {
        Id = world.Ids.Long("seti_1"),
        CreatedAt = world.Now,
        Customer = customer.Id,
    };
}
