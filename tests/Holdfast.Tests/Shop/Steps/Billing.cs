using System.Globalization;
using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop.Steps;

/// <summary>An invoice, with the PaymentIntent that is to pay it once there is something to pay.</summary>
internal sealed record Bill(Invoice Invoice, PaymentIntent? Intent = null);

/// <summary>How invoices come to be and are paid, or not.</summary>
/// <remarks>https://docs.stripe.com/invoicing/integration/workflow-transitions</remarks>
internal sealed class Billing(StripeWorld world, Payments payments)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public Bill Draft(Customer customer, Subscription? subscription, string reason, params InvoiceLine[] lines)
    {
        Invoice invoice = new()
        {
            Id = world.Ids.Long("in_1"),
            CreatedAt = world.Now,
            Customer = customer,
            Subscription = subscription?.Id,
            SubscriptionMetadata = subscription?.Metadata ?? new Dictionary<string, string>(),
            BillingReason = reason,
            Lines = lines,
            PeriodStartsAt = lines[0].PeriodStartsAt,
            PeriodEndsAt = world.Now,
            DueAt = subscription is { DaysUntilDue: null } ? null
                : world.Now + TimeSpan.FromDays(subscription?.DaysUntilDue ?? 14),
        };
        world.Tell("invoice.created", invoice);
        return new(invoice);
    }

    /// <summary>The running period of a subscription at its full price.</summary>
    public InvoiceLine Line(Subscription subscription) => new()
    {
        Id = world.Ids.Long("il_1"),
        Description = $"{subscription.Quantity} × {subscription.Price.Nickname}",
        Amount = subscription.Quantity * subscription.Price.UnitAmount,
        Price = subscription.Price,
        Quantity = subscription.Quantity,
        PeriodStartsAt = subscription.PeriodStartsAt,
        PeriodEndsAt = subscription.PeriodEndsAt,
        SubscriptionItem = subscription.ItemId,
    };

    /// <summary>One half of a change within a period: what is given back, or what is owed for the rest.</summary>
    public InvoiceLine Proration(Subscription subscription, string description, long amount) => Line(subscription) with
    {
        Description = description,
        Amount = amount,
        PeriodStartsAt = world.Now,
        InvoiceItem = world.Ids.Long("ii_1"),
        IsProration = true,
    };

    /// <summary>A line of an invoice written by hand.</summary>
    public InvoiceLine Item(Price price, string description) => new()
    {
        Id = world.Ids.Long("il_1"),
        Description = description,
        Amount = price.UnitAmount,
        Price = price,
        PeriodStartsAt = world.Now,
        PeriodEndsAt = world.Now,
        InvoiceItem = world.Ids.Long("ii_1"),
    };

    public Bill Finalize(Bill bill)
    {
        var customer = bill.Invoice.Customer;
        var number = _numbers[customer.Id] = _numbers.GetValueOrDefault(customer.Id) + 1;
        var invoice = bill.Invoice with
        {
            Status = "open",
            Number = string.Create(CultureInfo.InvariantCulture, $"{customer.InvoicePrefix}-{number:0000}"),
            FinalizedAt = world.Now,
            FinalizationError = null,
        };
        var intent = invoice.Due > 0 ? payments.Open(customer, invoice.Due, invoice.Id) : null;
        invoice = invoice with { PaymentIntent = intent?.Id };
        world.Tell("invoice.finalized", invoice);
        return new(invoice, intent);
    }

    /// <summary>The money came; or nothing was due, which counts as paid.</summary>
    public Bill Pay(Bill bill, PaymentMethod method)
    {
        var intent = bill.Intent is null ? null : payments.Succeed(bill.Intent, method);
        var invoice = bill.Invoice with
        {
            Status = "paid",
            Paid = bill.Invoice.Due,
            Attempts = bill.Invoice.Attempts + (intent is null ? 0 : 1),
            NextAttemptAt = null,
            PaidAt = world.Now,
            Charge = intent?.LatestCharge?.Id,
        };
        world.TellChange("invoice.updated", invoice);
        world.Tell("invoice.paid", invoice);
        world.Tell("invoice.payment_succeeded", invoice);
        if (intent is not null)
        {
            TellPayment(invoice, intent);
        }

        return new(invoice, intent);
    }

    /// <summary>Somebody paid in another way and the shop says so; only one event tells of it.</summary>
    public Bill PayOutOfBand(Bill bill)
    {
        var invoice = bill.Invoice with
        {
            Status = "paid",
            Paid = bill.Invoice.Due,
            IsPaidOutOfBand = true,
            PaidAt = world.Now,
        };
        world.Tell("invoice.paid", invoice);
        return bill with { Invoice = invoice };
    }

    /// <summary>An attempt failed. The invoice stays open and Stripe tries again, or gives up.</summary>
    public Bill Fail(Bill bill, PaymentMethod method, DateTimeOffset? nextAttemptAt)
    {
        var intent = payments.Decline(bill.Intent!, method, Decline.InsufficientFunds);
        var invoice = bill.Invoice with
        {
            Attempts = bill.Invoice.Attempts + 1,
            NextAttemptAt = nextAttemptAt,
            Charge = intent.LatestCharge!.Id,
        };
        world.TellChange("invoice.updated", invoice);
        world.Tell("invoice.payment_failed", invoice);
        return new(invoice, intent);
    }

    public Bill Void(Bill bill)
    {
        if (bill.Intent is { } intent)
        {
            payments.Cancel(intent, "void_invoice");
        }

        var invoice = bill.Invoice with { Status = "void", VoidedAt = world.Now, NextAttemptAt = null };
        world.Tell("invoice.voided", invoice);
        return new(invoice);
    }

    /// <summary>Comes some seconds after the rest (as observed), and only in shapes that know it.</summary>
    private void TellPayment(Invoice invoice, PaymentIntent intent)
    {
        InvoicePayment payment = new()
        {
            Id = world.Ids.Long("inpay_1"),
            CreatedAt = invoice.FinalizedAt!.Value,
            Invoice = invoice.Id,
            PaymentIntent = intent.Id,
            Amount = intent.Amount,
            PaidAt = world.Now,
        };
        world.Wait(14);
        if (world.Shape >= ApiVersionShape.Basil)
        {
            world.Tell("invoice_payment.paid", payment);
        }
    }
}
