using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/setup_intents/object</remarks>
internal sealed record SetupIntent : StripeObject
{
    public required string Customer { get; init; }

    public string Status { get; init; } = "requires_payment_method";

    public string? PaymentMethod { get; init; }

    public string? LatestAttempt { get; init; }

    public Decline? LastError { get; init; }

    public string? CancellationReason { get; init; }

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "setup_intent").With(new()
        {
            ["application"] = null,
            ["cancellation_reason"] = CancellationReason,
            ["client_secret"] = $"{Id}_secret_{Id[7..]}",
            ["customer"] = Customer,
            ["description"] = null,
            ["last_setup_error"] = LastError is null ? null : Error(LastError),
            ["latest_attempt"] = LatestAttempt,
            ["mandate"] = null,
            ["metadata"] = new JsonObject(),
            ["next_action"] = Status is "requires_action" ? NextAction() : null,
            ["on_behalf_of"] = null,
            ["payment_method"] = PaymentMethod,
            ["payment_method_options"] = new JsonObject
            {
                ["card"] = new JsonObject
                {
                    ["mandate_options"] = null,
                    ["network"] = null,
                    ["request_three_d_secure"] = "automatic",
                },
            },
            ["payment_method_types"] = Parts.Words("card"),
            ["single_use_mandate"] = null,
            ["status"] = Status,
            ["usage"] = "off_session",
        });
        return rendering.Shape is ApiVersionShape.Of2019
            ? body
            : body.With(new()
            {
                ["automatic_payment_methods"] = null,
                ["flow_directions"] = null,
                ["payment_method_configuration_details"] = null,
            });
    }

    private JsonObject NextAction() => new()
    {
        ["redirect_to_url"] = new JsonObject
        {
            ["return_url"] = "https://shop.example/cards",
            ["url"] = $"https://hooks.stripe.com/3d_secure_2/hosted?setup={Id}",
        },
        ["type"] = "redirect_to_url",
    };

    private static JsonObject Error(Decline decline) => new()
    {
        ["code"] = decline.Code,
        ["decline_code"] = decline.DeclineCode,
        ["message"] = decline.Message,
        ["type"] = "card_error",
    };
}
