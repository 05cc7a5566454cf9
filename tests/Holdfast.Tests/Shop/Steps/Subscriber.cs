using System.Runtime.CompilerServices;
using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop.Steps;

/// <summary>A customer with a subscription, and what can happen to the two of them.</summary>
/// <remarks>https://docs.stripe.com/billing/subscriptions/overview</remarks>
internal sealed class Subscriber(StripeWorld world, Billing billing)
{
    private EntitlementSummary? _entitlements;

    public required Customer Customer { get; set; }

    public required Subscription Subscription { get; set; }

    public required Bill Bill { get; set; }

    public required PaymentMethod Method { get; set; }

    public string? ClientReferenceId { get; init; }

    public void Change(Func<Subscription, Subscription> change)
    {
        Subscription = change(Subscription);
        world.TellChange("customer.subscription.updated", Subscription);
    }

    public void ChangeCustomer(Func<Customer, Customer> change)
    {
        Customer = change(Customer);
        world.TellChange("customer.updated", Customer);
    }

    /// <summary>The next period begins: the subscription moves on, and its invoice is a draft for an hour.</summary>
    public void BeginPeriod(string status = "active")
    {
        var next = Subscription with
        {
            Status = status,
            PeriodStartsAt = Subscription.PeriodEndsAt,
            PeriodEndsAt = Subscription.Price.EndOfPeriodFrom(Subscription.PeriodEndsAt),
        };
        Bill = billing.Draft(Customer, next, "subscription_cycle", billing.Line(next));
        Change(_ => next with { LatestInvoice = Bill.Invoice.Id });
    }

    /// <summary>As <see cref="BeginPeriod"/>, at the moment the running one ends, by Stripe itself.</summary>
    public void WaitForNextPeriod()
    {
        world.WaitUntil(Subscription.PeriodEndsAt);
        world.ActByItself();
        BeginPeriod();
    }

    public void Renew()
    {
        WaitForNextPeriod();
        world.Wait(TimeSpan.FromHours(1));
        Bill = billing.Pay(billing.Finalize(Bill), Method);
    }

    /// <summary>The renewal's first attempt fails, which makes the subscription past due.</summary>
    public void FailToRenew()
    {
        WaitForNextPeriod();
        world.Wait(TimeSpan.FromHours(1));
        Bill = billing.Finalize(Bill);
        FailAttempt(nextAttemptIn: 3);
        Change(subscription => subscription with { Status = "past_due" });
        ChangeCustomer(customer => customer with { IsDelinquent = true });
    }

    /// <param name="nextAttemptIn">Days until the next try; null when this was the last.</param>
    public void FailAttempt(int? nextAttemptIn) => Bill = billing.Fail(
        Bill,
        Method,
        nextAttemptIn is { } days ? world.Now + TimeSpan.FromDays(days) : null);

    /// <summary>The open invoice is paid after all.</summary>
    public void Recover()
    {
        Bill = billing.Pay(Bill, Method);
        Change(subscription => subscription with { Status = "active" });
        ChangeCustomer(customer => customer with { IsDelinquent = false });
    }

    /// <summary>The subscription is over. The event says "deleted", yet the object can still be asked for.</summary>
    public void End(string reason)
    {
        Subscription = Subscription with
        {
            Status = "canceled",
            CanceledAt = Subscription.CanceledAt ?? world.Now,
            EndedAt = world.Now,
            CancellationReason = reason,
        };
        world.Tell("customer.subscription.deleted", Subscription);
        if (_entitlements is not null)
        {
            Entitle();
        }
    }

    /// <summary>The customer's features are now these.</summary>
    public void Entitle(params string[] features)
    {
        EntitlementSummary summary = new()
        {
            Id = $"summary of {Customer.Id}",
            CreatedAt = world.Now,
            Customer = Customer.Id,
            Entitlements =
            [
                .. features.Select(feature => new Entitlement(world.Ids.Short("ent_"), $"feat_{feature}", feature)),
            ],
        };
        const string type = "entitlements.active_entitlement_summary.updated";
        if (_entitlements is null)
        {
            world.Tell(type, summary);
        }
        else
        {
            world.TellChange(type, summary);
        }

        _entitlements = summary;
    }

    /// <summary>States the end of the story, in the story's own words.</summary>
    public ExpectedCustomer EndsAs(
        string status,
        Price price,
        long quantity = 1,
        bool cancelAtPeriodEnd = false,
        bool isDeleted = false,
        [CallerMemberName] string story = "")
    {
        return new()
        {
            Story = story,
            Id = Customer.Id,
            ClientReferenceId = ClientReferenceId,
            IsDeleted = isDeleted,
            Subscriptions =
            [
                new()
                {
                    Id = Subscription.Id,
                    Status = status,
                    Price = price.Id,
                    LookupKey = price.LookupKey,
                    Quantity = quantity,
                    CancelAtPeriodEnd = cancelAtPeriodEnd,
                },
            ],
        };
    }
}
