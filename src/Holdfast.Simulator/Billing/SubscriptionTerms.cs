using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>What a subscription is begun with, by a call or by a Checkout session.</summary>
internal sealed record SubscriptionTerms(StripeObject Customer, IReadOnlyList<ItemTerms> Items)
{
    /// <summary>One-time prices for the first invoice.</summary>
    public IReadOnlyList<ItemTerms> FirstInvoice { get; init; } = [];

    public IReadOnlyList<DiscountTerms> Discounts { get; init; } = [];

    /// <summary>Unix seconds; null without a trial.</summary>
    public long? TrialEnd { get; init; }

    /// <summary>When the first whole period begins; null for now.</summary>
    public long? Anchor { get; init; }

    public string CollectionMethod { get; init; } = "charge_automatically";

    public long? DaysUntilDue { get; init; }

    public StripeObject? DefaultMethod { get; init; }

    public bool OffSession { get; init; }

    /// <summary><c>allow_incomplete</c>, <c>default_incomplete</c> or <c>error_if_incomplete</c>.</summary>
    public string PaymentBehavior { get; init; } = "allow_incomplete";

    public string ProrationBehavior { get; init; } = "create_prorations";

    /// <summary>
    /// What a trial ends in without a payment method: <c>create_invoice</c>, <c>cancel</c> or <c>pause</c>.
    /// </summary>
    public string MissingMethod { get; init; } = "create_invoice";

    /// <summary>An intent that has paid the first invoice already, as that of a Checkout session.</summary>
    public StripeObject? PaidBy { get; init; }

    public JsonObject? Metadata { get; init; }

    /// <summary>Further fields over the template.</summary>
    public JsonObject More { get; init; } = [];

    /// <summary>What else is written into it.</summary>
    public Action<JsonObject> Write { get; init; } = _ => { };
}

/// <summary>A price, and how many of it.</summary>
internal sealed record ItemTerms(StripeObject Price, long Quantity)
{
    public JsonObject? Metadata { get; init; }
}
