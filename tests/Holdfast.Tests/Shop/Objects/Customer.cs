using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/customers/object</remarks>
internal sealed record Customer : StripeObject
{
    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string InvoicePrefix { get; init; }

    public string? City { get; init; }

    public string? Country { get; init; }

    public string? Phone { get; init; }

    public string? Currency { get; init; }

    /// <summary>Whether the latest charge of its invoices failed.</summary>
    public bool IsDelinquent { get; init; }

    public string? PaymentMethod { get; init; }

    public int NextInvoice { get; init; } = 1;

    public string? TestClock { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "customer").With(new()
        {
            ["address"] = Parts.Address(City, Country),
            ["balance"] = 0,
            ["currency"] = Currency,
            ["default_source"] = null,
            ["delinquent"] = IsDelinquent,
            ["description"] = null,
            ["discount"] = null,
            ["email"] = Email,
            ["invoice_prefix"] = InvoicePrefix,
            ["invoice_settings"] = new JsonObject
            {
                ["custom_fields"] = null,
                ["default_payment_method"] = PaymentMethod,
                ["footer"] = null,
            },
            ["metadata"] = Parts.Metadata(Metadata),
            ["name"] = Name,
            ["phone"] = Phone,
            ["preferred_locales"] = Parts.Words("en"),
            ["shipping"] = null,
            ["tax_exempt"] = "none",
        });
        if (rendering.Shape is ApiVersionShape.Of2019)
        {
            return body.With(new()
            {
                ["account_balance"] = 0,
                ["sources"] = Parts.CountedList($"/v1/customers/{Id}/sources", []),
                ["tax_ids"] = Parts.CountedList($"/v1/customers/{Id}/tax_ids", []),
            });
        }

        body["invoice_settings"]!["rendering_options"] = null;
        body.With(new() { ["next_invoice_sequence"] = NextInvoice, ["test_clock"] = TestClock });
        return rendering.Shape >= ApiVersionShape.Endive
            ? body.With(new() { ["customer_account"] = null, ["invoice_credit_balance"] = new JsonObject() })
            : body;
    }
}
