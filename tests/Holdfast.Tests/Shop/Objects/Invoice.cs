using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/invoices/object</remarks>
internal sealed record Invoice : StripeObject
{
    public required Customer Customer { get; init; }

    /// <summary>Null for an invoice written by hand.</summary>
    public string? Subscription { get; init; }

    /// <summary>The subscription's metadata as it was when the invoice was drafted.</summary>
    public IReadOnlyDictionary<string, string> SubscriptionMetadata { get; init; } = new Dictionary<string, string>();

    public string Status { get; init; } = "draft";

    public required string BillingReason { get; init; }

    public required IReadOnlyList<InvoiceLine> Lines { get; init; }

    public string? Number { get; init; }

    public long Paid { get; init; }

    public bool IsPaidOutOfBand { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public required DateTimeOffset PeriodStartsAt { get; init; }

    public required DateTimeOffset PeriodEndsAt { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? FinalizedAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public DateTimeOffset? VoidedAt { get; init; }

    public DateTimeOffset? UncollectibleAt { get; init; }

    public string? PaymentIntent { get; init; }

    public string? Charge { get; init; }

    public string? FinalizationError { get; init; }

    /// <summary>What a renewal will look like. It has no id, so nobody can ask for it.</summary>
    public bool IsPreview { get; init; }

    public long Total => Lines.Sum(line => line.Amount);

    /// <summary>A credit is carried to the next invoice, never paid out.</summary>
    public long Due => Math.Max(0, Total);

    private long Remaining => Math.Max(0, Due - (Status is "paid" ? Due : Paid));

    public override JsonObject Render(Rendering rendering)
    {
        var body = Core(rendering)
            .With(rendering.IsBasil ? SinceBasil() : UntilBasil(rendering))
            .With(rendering.Shape is ApiVersionShape.Of2019 ? OnlyIn2019() : Later(rendering));
        if (IsPreview)
        {
            body.Remove("id");
        }

        return body;
    }

    private JsonObject Core(Rendering rendering) => rendering.Begin(this, "invoice").With(new()
    {
        ["account_country"] = "US",
        ["account_name"] = "The Small Shop",
        ["amount_due"] = Due,
        ["amount_paid"] = Paid,
        ["amount_remaining"] = Remaining,
        ["attempt_count"] = Attempts,
        ["attempted"] = Attempts > 0,
        ["auto_advance"] = Status is "draft" or "open",
        ["billing_reason"] = IsPreview ? "upcoming" : BillingReason,
        ["collection_method"] = DueAt is null ? "charge_automatically" : "send_invoice",
        ["currency"] = "usd",
        ["custom_fields"] = null,
        ["customer"] = Customer.Id,
        ["customer_address"] = Parts.Address(Customer.City, Customer.Country),
        ["customer_email"] = Customer.Email,
        ["customer_name"] = Customer.Name,
        ["customer_phone"] = Customer.Phone,
        ["customer_shipping"] = null,
        ["customer_tax_exempt"] = "none",
        ["customer_tax_ids"] = new JsonArray(),
        ["default_payment_method"] = null,
        ["default_source"] = null,
        ["default_tax_rates"] = new JsonArray(),
        ["description"] = null,
        ["due_date"] = DueAt?.Unix(),
        ["ending_balance"] = FinalizedAt is null ? null : 0,
        ["footer"] = null,
        ["hosted_invoice_url"] = FinalizedAt is null ? null : $"https://invoice.stripe.com/i/{Id}",
        ["invoice_pdf"] = FinalizedAt is null ? null : $"https://pay.stripe.com/invoice/{Id}/pdf",
        ["lines"] = Parts.List($"/v1/invoices/{Id}/lines", Lines.Select(line => line.Render(rendering, this))),
        ["metadata"] = new JsonObject(),
        ["next_payment_attempt"] = NextAttemptAt?.Unix(),
        ["number"] = Number,
        ["period_end"] = PeriodEndsAt.Unix(),
        ["period_start"] = PeriodStartsAt.Unix(),
        ["post_payment_credit_notes_amount"] = 0,
        ["pre_payment_credit_notes_amount"] = 0,
        ["receipt_number"] = null,
        ["starting_balance"] = 0,
        ["statement_descriptor"] = null,
        ["status"] = Status,
        ["status_transitions"] = new JsonObject
        {
            ["finalized_at"] = FinalizedAt?.Unix(),
            ["marked_uncollectible_at"] = UncollectibleAt?.Unix(),
            ["paid_at"] = PaidAt?.Unix(),
            ["voided_at"] = VoidedAt?.Unix(),
        },
        ["subtotal"] = Total,
        ["total"] = Total,
        ["webhooks_delivered_at"] = FinalizedAt?.Unix(),
    });

    private JsonObject UntilBasil(Rendering rendering) => new()
    {
        ["application_fee_amount"] = null,
        ["charge"] = Charge,
        ["discount"] = null,
        ["paid"] = Status is "paid",
        ["paid_out_of_band"] = IsPaidOutOfBand,
        ["payment_intent"] = PaymentIntent,
        ["subscription"] = Subscription,
        ["subscription_details"] = rendering.Shape is ApiVersionShape.Of2019 || Subscription is null
            ? null
            : new JsonObject { ["metadata"] = Parts.Metadata(SubscriptionMetadata) },
        ["tax"] = null,
        ["total_tax_amounts"] = new JsonArray(),
        ["transfer_data"] = null,
    };

    private JsonObject SinceBasil() => new()
    {
        ["amount_overpaid"] = 0,
        ["parent"] = Subscription is null ? null : new JsonObject
        {
            ["quote_details"] = null,
            ["subscription_details"] = new JsonObject
            {
                ["metadata"] = Parts.Metadata(SubscriptionMetadata),
                ["subscription"] = Subscription,
            },
            ["type"] = "subscription_details",
        },
        ["total_taxes"] = new JsonArray(),
    };

    private static JsonObject OnlyIn2019() => new() { ["tax_percent"] = null };

    private JsonObject Later(Rendering rendering)
    {
        JsonObject later = new()
        {
            ["account_tax_ids"] = null,
            ["amount_shipping"] = 0,
            ["application"] = null,
            ["automatic_tax"] = Parts.AutomaticTax(rendering),
            ["automatically_finalizes_at"] = Status is "draft" ? (CreatedAt + TimeSpan.FromHours(1)).Unix() : null,
            ["discounts"] = new JsonArray(),
            ["effective_at"] = FinalizedAt?.Unix(),
            ["from_invoice"] = null,
            ["issuer"] = new JsonObject { ["type"] = "self" },
            ["last_finalization_error"] = FinalizationError is null
                ? null
                : new JsonObject { ["code"] = FinalizationError, ["type"] = "invalid_request_error" },
            ["latest_revision"] = null,
            ["on_behalf_of"] = null,
            ["payment_settings"] = new JsonObject
            {
                ["default_mandate"] = null,
                ["payment_method_options"] = null,
                ["payment_method_types"] = null,
            },
            ["rendering"] = null,
            ["shipping_cost"] = null,
            ["shipping_details"] = null,
            ["subtotal_excluding_tax"] = Total,
            ["test_clock"] = Customer.TestClock,
            ["total_discount_amounts"] = new JsonArray(),
            ["total_excluding_tax"] = Total,
            ["total_pretax_credit_amounts"] = new JsonArray(),
        };
        return rendering.Shape >= ApiVersionShape.Endive
            ? later.With(new()
            {
                ["amount_paid_off_stripe"] = IsPaidOutOfBand ? Due : 0,
                ["customer_account"] = null,
                ["status_details"] = null,
            })
            : later;
    }
}
