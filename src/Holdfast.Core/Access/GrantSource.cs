using System.Text.Json;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;

namespace Holdfast.Access;

/// <summary>A subscription or a purchase: what a grant can come from.</summary>
internal sealed record GrantSource(MirroredObject Row)
{
    public Subscription? Subscription { get; private init; }

    public CheckoutSession? Checkout { get; private init; }

    public Invoice? Invoice { get; private init; }

    public ObjectKey Key => Row.Key;

    /// <summary>Nothing needs to be known of what could grant nothing, however much were known.</summary>
    public bool MayGrant => Subscription is null or { Status: "active" or "trialing" or "past_due" };

    /// <returns>Null for every other object, also for a checkout or an invoice that has not become a purchase.</returns>
    public static GrantSource? Of(MirroredObject row)
    {
        if (row.Deleted || row.Key.Type is not ("subscription" or "checkout.session" or "invoice"))
        {
            return null;
        }

        using var json = JsonDocument.Parse(row.Body);
        var source = row.Key.Type switch
        {
            "subscription" => new GrantSource(row) { Subscription = Subscription.Read(json.RootElement) },
            "checkout.session" => new(row) { Checkout = CheckoutSession.Read(json.RootElement) },
            _ => new(row) { Invoice = Invoice.Read(json.RootElement) },
        };
        return source.Subscription is not null || source.IsPurchase ? source : null;
    }

    /// <summary>What belongs to a subscription is paid for by it, and grants through it.</summary>
    private bool IsPurchase => Checkout is null
        ? Invoice is { Status: "paid", Subscription: null }
        : Checkout.Mode is not ("subscription" or "setup") && Checkout.PaymentStatus is "paid" or "no_payment_required";
}
