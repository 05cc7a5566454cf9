using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop.Steps;

/// <summary>How people become customers and subscribers.</summary>
internal sealed class SignUps(StripeWorld world, Payments payments, Billing billing)
{
    private static readonly (string Name, string City, string Country)[] People =
    [
        ("Ada Mensah", "Accra", "GH"), ("Zoë Müller", "Köln", "DE"), ("Łukasz Wójcik", "Łódź", "PL"),
        ("Grace Okafor", "Lagos", "NG"), ("José Ibáñez", "Málaga", "ES"), ("山田 花子", "横浜", "JP"),
        ("Nora O'Brien", "Cork", "IE"), ("Renée Côté", "Québec", "CA"), ("Tom Baker", "Leeds", "GB"),
        ("Ana \"Nita\" Silva", "São Paulo", "BR"), ("Ivan Petrov", "Varna", "BG"), ("Lily & Sons 🌿", "Austin", "US"),
    ];

    private int _met;

    /// <summary>An id of the application's own for the customer met last; no two customers have the same.</summary>
    public string Reference(string name) => $"{name}_{_met}";

    public Customer Meet(string? testClock = null)
    {
        var (name, city, country) = People[_met++ % People.Length];
        Customer customer = new()
        {
            Id = world.Ids.Short("cus_"),
            CreatedAt = world.Now,
            Name = name,
            Email = $"customer{_met}@people.example",
            InvoicePrefix = world.Ids.Some(8).ToUpperInvariant(),
            City = city,
            Country = country,
            TestClock = testClock,
        };
        world.Tell("customer.created", customer);
        return customer;
    }

    /// <summary>
    /// A subscription bought on Stripe's own page. Since 2025-03-31.basil it comes to be only once it is paid, so it
    /// is never <c>incomplete</c>; the shop's events keep that order in every shape.
    /// </summary>
    /// <remarks>https://docs.stripe.com/payments/checkout/how-checkout-works</remarks>
    public Subscriber ThroughCheckout(Price price, string name, long quantity = 1, int trialDays = 0)
    {
        world.ActOnRequest();
        var customer = Meet();
        var reference = Reference(name);
        var method = payments.Card();
        var openedAt = world.Now;
        world.Wait(40);
        var buyer = Begin(customer, method, Started(customer, price, quantity, trialDays) with
        {
            PaymentMethod = method.Id,
            Metadata = new Dictionary<string, string> { ["user_id"] = reference },
        }, reference);
        buyer.Bill = billing.Pay(billing.Finalize(buyer.Bill), method);
        buyer.ChangeCustomer(after => after with { Currency = "usd", NextInvoice = 2 });
        world.Tell("checkout.session.completed", new CheckoutSession
        {
            Id = NewSessionId(),
            CreatedAt = openedAt,
            Mode = "subscription",
            Customer = customer,
            Subscription = buyer.Subscription.Id,
            Invoice = buyer.Bill.Invoice.Id,
            PaymentStatus = trialDays > 0 ? "no_payment_required" : "paid",
            Total = buyer.Bill.Invoice.Due,
            ClientReferenceId = reference,
            Metadata = new Dictionary<string, string> { ["campaign"] = "autumn" },
        });
        return buyer;
    }

    /// <summary>A subscription the application made itself for a customer whose card it has, paid at once.</summary>
    public Subscriber ThroughApi(Price price, long quantity = 1, string? testClock = null)
    {
        world.ActOnRequest();
        var customer = Meet(testClock);
        var method = payments.Card();
        world.Wait(2);
        world.TellChange("customer.updated", customer with { PaymentMethod = method.Id });
        customer = customer with { PaymentMethod = method.Id };
        world.ActOnRequest();
        var started = Started(customer, price, quantity, trialDays: 0) with { TestClock = testClock };
        var buyer = Begin(customer, method, started);
        buyer.Bill = billing.Pay(billing.Finalize(buyer.Bill), method);
        buyer.ChangeCustomer(after => after with { Currency = "usd", NextInvoice = 2 });
        return buyer;
    }

    /// <summary>A trial given without asking for a payment method.</summary>
    public Subscriber OnTrialWithoutCard(Price price, int trialDays)
    {
        world.ActOnRequest();
        var customer = Meet();
        var buyer = Begin(customer, payments.Card(), Started(customer, price, quantity: 1, trialDays));
        buyer.Bill = billing.Pay(billing.Finalize(buyer.Bill), buyer.Method);
        return buyer;
    }

    /// <summary>A subscription that waits for its first payment, as <c>default_incomplete</c> makes them.</summary>
    public Subscriber Incomplete(Price price)
    {
        world.ActOnRequest();
        var customer = Meet();
        var started = Started(customer, price, quantity: 1, trialDays: 0) with { Status = "incomplete" };
        var buyer = Begin(customer, payments.Card("3220"), started);
        buyer.Bill = billing.Finalize(buyer.Bill);
        return buyer;
    }

    /// <summary>A subscription paid by invoice, within two weeks of each.</summary>
    public Subscriber OnInvoice(Price price, long quantity)
    {
        world.ActOnRequest();
        var customer = Meet();
        var started = Started(customer, price, quantity, trialDays: 0) with { DaysUntilDue = 14 };
        return Begin(customer, payments.Card(), started);
    }

    public string NewSessionId() => (world.IsLive ? "cs_live_a1" : "cs_test_a1") + world.Ids.Some(56);

    private Subscription Started(Customer customer, Price price, long quantity, int trialDays)
    {
        var trialEnd = world.Now.AddDays(trialDays);
        var isTrial = trialDays > 0;
        return new()
        {
            Id = world.Ids.Long("sub_1"),
            CreatedAt = world.Now,
            Customer = customer.Id,
            Status = isTrial ? "trialing" : "active",
            ItemId = world.Ids.Short("si_"),
            Price = price,
            Quantity = quantity,
            PeriodStartsAt = world.Now,
            PeriodEndsAt = isTrial ? trialEnd : price.EndOfPeriodFrom(world.Now),
            TrialStartsAt = isTrial ? world.Now : null,
            TrialEndsAt = isTrial ? trialEnd : null,
        };
    }

    private Subscriber Begin(
        Customer customer,
        PaymentMethod method,
        Subscription subscription,
        string? reference = null)
    {
        // Nothing is due for a trial, but it is invoiced like everything else.
        var line = billing.Line(subscription);
        line = subscription.TrialEndsAt is null
            ? line
            : line with { Amount = 0, Description = $"Trial period for {subscription.Price.Nickname}" };
        var bill = billing.Draft(customer, subscription, "subscription_create", line);
        subscription = subscription with { LatestInvoice = bill.Invoice.Id };
        world.Tell("customer.subscription.created", subscription);
        return new(world, billing)
        {
            Customer = customer,
            Subscription = subscription,
            Bill = bill,
            Method = method,
            ClientReferenceId = reference,
        };
    }
}
