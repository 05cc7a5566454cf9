using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/payment_intents/object</remarks>
internal sealed record PaymentIntent : StripeObject
{
    public required Customer Customer { get; init; }

    public required long Amount { get; init; }

    public string Status { get; init; } = "requires_payment_method";

    public long Received { get; init; }

    public string? Invoice { get; init; }

    public PaymentMethod? Method { get; init; }

    public Charge? LatestCharge { get; init; }

    public Decline? LastError { get; init; }

    /// <summary>Whether the money is only held until somebody captures it.</summary>
    public bool IsCapturedByHand { get; init; }

    public DateTimeOffset? CanceledAt { get; init; }

    public string? CancellationReason { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "payment_intent").With(new()
        {
            ["amount"] = Amount,
            ["amount_capturable"] = Status is "requires_capture" ? Amount : 0,
            ["amount_received"] = Received,
            ["application"] = null,
            ["application_fee_amount"] = null,
            ["canceled_at"] = CanceledAt?.Unix(),
            ["cancellation_reason"] = CancellationReason,
            ["capture_method"] = IsCapturedByHand ? "manual" : "automatic",
            ["client_secret"] = $"{Id}_secret_{Id[5..]}",
            ["confirmation_method"] = "automatic",
            ["currency"] = "usd",
            ["customer"] = Customer.Id,
            ["description"] = Invoice is null ? null : "Subscription update",
            ["last_payment_error"] = LastError is null ? null : Error(LastError),
            ["metadata"] = Parts.Metadata(Metadata),
            ["next_action"] = Status is "requires_action" ? NextAction() : null,
            ["on_behalf_of"] = null,
            ["payment_method"] = LastError is null ? Method?.Id : null,
            ["payment_method_options"] = Options(),
            ["payment_method_types"] = Parts.Words(Method?.Type ?? "card"),
            ["receipt_email"] = null,
            ["review"] = null,
            ["setup_future_usage"] = Invoice is null ? null : "off_session",
            ["shipping"] = null,
            ["source"] = null,
            ["statement_descriptor"] = null,
            ["statement_descriptor_suffix"] = null,
            ["status"] = Status,
            ["transfer_data"] = null,
            ["transfer_group"] = null,
        });
        if (!rendering.IsBasil)
        {
            body["invoice"] = Invoice;
        }

        return body.With(rendering.Shape is ApiVersionShape.Of2019 ? OnlyIn2019(rendering) : Later(rendering));
    }

    private JsonObject OnlyIn2019(Rendering rendering) => new()
    {
        ["charges"] = Parts.CountedList(
            $"/v1/charges?payment_intent={Id}",
            LatestCharge is null ? [] : [LatestCharge.Render(rendering)]),
    };

    private JsonObject Later(Rendering rendering)
    {
        JsonObject later = new()
        {
            ["amount_details"] = new JsonObject { ["tip"] = new JsonObject() },
            ["automatic_payment_methods"] = null,
            ["latest_charge"] = LatestCharge?.Id,
            ["payment_method_configuration_details"] = null,
            ["processing"] = null,
        };
        return rendering.Shape >= ApiVersionShape.Endive
            ? later.With(new() { ["customer_account"] = null, ["excluded_payment_method_types"] = null })
            : later;
    }

    private static JsonObject Options() => new()
    {
        ["card"] = new JsonObject
        {
            ["installments"] = null,
            ["mandate_options"] = null,
            ["network"] = null,
            ["request_three_d_secure"] = "automatic",
        },
    };

    private JsonObject Error(Decline decline) => new()
    {
        ["charge"] = LatestCharge?.Id,
        ["code"] = decline.Code,
        ["decline_code"] = decline.DeclineCode,
        ["doc_url"] = $"https://stripe.com/docs/error-codes/{decline.Code.Replace('_', '-')}",
        ["message"] = decline.Message,
        ["type"] = "card_error",
    };

    private JsonObject NextAction() => new()
    {
        ["type"] = "use_stripe_sdk",
        ["use_stripe_sdk"] = new JsonObject
        {
            ["source"] = $"src_{Id[5..]}",
            ["stripe_js"] = $"https://hooks.stripe.com/redirect/authenticate/src_{Id[5..]}",
            ["type"] = "three_d_secure_redirect",
        },
    };
}
