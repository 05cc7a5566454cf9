using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What Stripe shows of a card, in the places where it shows one.</summary>
internal static class CardDetails
{
    public const long ExpiryMonth = 12;
    public const long ExpiryYear = 2034;

    /// <summary>What Visa and others write for a customer who proved who they are.</summary>
    private const string AuthenticatedIndicator = "05";

    private static readonly string[] FieldsOfAttempt =
    [
        "brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "network",
        "three_d_secure", "wallet",
    ];

    /// <summary>The <c>card</c> of a payment method.</summary>
    public static JsonObject OfMethod(TestCard card, long month, long year) => new()
    {
        ["brand"] = card.Brand,
        ["checks"] = Checks(card),
        ["country"] = card.Country,
        ["display_brand"] = card.Brand,
        ["exp_month"] = month,
        ["exp_year"] = year,
        ["fingerprint"] = Fingerprint(card),
        ["funding"] = card.Funding,
        ["generated_from"] = null,
        ["last4"] = card.Last4,
        ["networks"] = new JsonObject { ["available"] = new JsonArray(card.Brand), ["preferred"] = null },
        ["regulated_status"] = "unregulated",
        ["three_d_secure_usage"] = new JsonObject { ["supported"] = card.Brand is not "amex" },
        ["wallet"] = null,
    };

    /// <summary>The fields of a legacy card object.</summary>
    public static JsonObject OfSource(TestCard card, long month, long year) => new()
    {
        ["brand"] = BrandName(card.Brand),
        ["country"] = card.Country,
        ["cvc_check"] = card.CvcCheck,
        ["exp_month"] = month,
        ["exp_year"] = year,
        ["fingerprint"] = Fingerprint(card),
        ["funding"] = card.Funding,
        ["last4"] = card.Last4,
    };

    /// <summary>The <c>card</c> of a charge's <c>payment_method_details</c>.</summary>
    public static JsonObject OfCharge(TestCard card, StripeObject method, long amount, bool authenticated) => new()
    {
        ["amount_authorized"] = card.Decline is null ? amount : null,
        ["authorization_code"] = null,
        ["brand"] = card.Brand,
        ["checks"] = Checks(card),
        ["country"] = card.Country,
        ["electronic_commerce_indicator"] = authenticated ? AuthenticatedIndicator : null,
        ["exp_month"] = (method.Body.Number("card.exp_month") ?? method.Body.Number("exp_month")) ?? ExpiryMonth,
        ["exp_year"] = (method.Body.Number("card.exp_year") ?? method.Body.Number("exp_year")) ?? ExpiryYear,
        ["extended_authorization"] = new JsonObject { ["status"] = "disabled" },
        ["fingerprint"] = Fingerprint(card),
        ["funding"] = card.Funding,
        ["incremental_authorization"] = new JsonObject { ["status"] = "unavailable" },
        ["installments"] = null,
        ["last4"] = card.Last4,
        ["mandate"] = null,
        ["multicapture"] = new JsonObject { ["status"] = "unavailable" },
        ["network"] = card.Brand,
        ["network_token"] = new JsonObject { ["used"] = false },
        ["network_transaction_id"] = null,
        ["overcapture"] = new JsonObject { ["maximum_amount_capturable"] = amount, ["status"] = "unavailable" },
        ["regulated_status"] = "unregulated",
        ["three_d_secure"] = authenticated ? Authenticated() : null,
        ["transaction_link_id"] = null,
        ["wallet"] = null,
    };

    /// <summary>The <c>card</c> of a setup attempt's details: of a charge's, what does not speak of money.</summary>
    public static JsonObject OfAttempt(TestCard card, StripeObject method, bool authenticated)
    {
        var charged = OfCharge(card, method, amount: 0, authenticated);
        charged.Child("three_d_secure")?.Remove("exemption_indicator");
        return new JsonObject(FieldsOfAttempt.Select(name => KeyValuePair.Create(name, charged[name]?.DeepClone())));
    }

    private static JsonObject Authenticated() => new()
    {
        ["authentication_flow"] = "challenge",
        ["electronic_commerce_indicator"] = AuthenticatedIndicator,
        ["exemption_indicator"] = null,
        ["result"] = "authenticated",
        ["result_reason"] = null,
        ["transaction_id"] = null,
        ["version"] = "2.2.0",
    };

    private static JsonObject Checks(TestCard card) => new()
    {
        ["address_line1_check"] = card.Line1Check,
        ["address_postal_code_check"] = card.PostalCheck,
        ["cvc_check"] = card.CvcCheck,
    };

    /// <summary>The same for each use of a card's number, as Stripe's is.</summary>
    private static string Fingerprint(TestCard card) => new Ids(Chance.For(0, card.Number)).Letters(16);

    private static string BrandName(string brand) => brand switch
    {
        "amex" => "American Express",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        _ => char.ToUpperInvariant(brand[0]) + brand[1..],
    };
}
