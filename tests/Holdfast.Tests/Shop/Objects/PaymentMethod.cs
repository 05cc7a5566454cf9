using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <summary>What a customer pays with: a card, or a bank debit that takes days.</summary>
/// <remarks>https://docs.stripe.com/api/payment_methods/object</remarks>
internal sealed record PaymentMethod(string Id, bool IsCard, string Last4)
{
    public string Type => IsCard ? "card" : "sepa_debit";

    public JsonObject RenderDetails(Rendering rendering, long amount) => new()
    {
        [Type] = IsCard ? Card(rendering, amount) : SepaDebit(),
        ["type"] = Type,
    };

    private JsonObject Card(Rendering rendering, long amount)
    {
        JsonObject card = new()
        {
            ["brand"] = "visa",
            ["checks"] = new JsonObject
            {
                ["address_line1_check"] = null,
                ["address_postal_code_check"] = null,
                ["cvc_check"] = "pass",
            },
            ["country"] = "US",
            ["exp_month"] = 8,
            ["exp_year"] = 2031,
            ["fingerprint"] = $"Fp{Last4}8rKq2mWvXyTz",
            ["funding"] = "credit",
            ["installments"] = null,
            ["last4"] = Last4,
            ["network"] = "visa",
            ["three_d_secure"] = null,
            ["wallet"] = null,
        };
        return rendering.Shape is ApiVersionShape.Of2019
            ? card
            : card.With(new()
            {
                ["amount_authorized"] = amount,
                ["authorization_code"] = "019373",
                ["extended_authorization"] = new JsonObject { ["status"] = "disabled" },
                ["incremental_authorization"] = new JsonObject { ["status"] = "unavailable" },
                ["mandate"] = null,
                ["multicapture"] = new JsonObject { ["status"] = "unavailable" },
                ["network_token"] = new JsonObject { ["used"] = false },
                ["overcapture"] = new JsonObject
                {
                    ["maximum_amount_capturable"] = amount,
                    ["status"] = "unavailable",
                },
            });
    }

    private JsonObject SepaDebit() => new()
    {
        ["bank_code"] = "37040044",
        ["branch_code"] = null,
        ["country"] = "DE",
        ["fingerprint"] = $"Fp{Last4}4sEpAdEbItXy",
        ["last4"] = Last4,
        ["mandate"] = null,
    };
}
