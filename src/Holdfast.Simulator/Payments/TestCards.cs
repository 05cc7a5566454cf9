using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>Stripe's test cards. https://docs.stripe.com/testing</summary>
internal static class TestCards
{
    private static readonly Decline Generic = Of("card_declined", "generic_decline", "Your card was declined.");

    private static readonly Decline Insufficient =
        Of("card_declined", "insufficient_funds", "Your card has insufficient funds.");

    private static readonly (string Country, string Number)[] ByCountry =
    [
        ("AE", "4000007840000001"), ("AR", "4000000320000021"), ("AT", "4000000400000008"), ("AU", "4000000360000006"),
        ("BE", "4000000560000004"), ("BG", "4000001000000000"), ("BR", "4000000760000002"), ("BY", "4000001120000005"),
        ("CA", "4000001240000000"), ("CH", "4000007560000009"), ("CL", "4000001520000001"), ("CN", "4000001560000002"),
        ("CO", "4000001700000003"), ("CR", "4000001880000005"), ("CY", "4000001960000008"), ("CZ", "4000002030000002"),
        ("DE", "4000002760000016"), ("DK", "4000002080000001"), ("EC", "4000002180000000"), ("EE", "4000002330000009"),
        ("ES", "4000007240000007"), ("FI", "4000002460000001"), ("FR", "4000002500000003"), ("GB", "4000008260000000"),
        ("GR", "4000003000000030"), ("HK", "4000003440000004"), ("HR", "4000001910000009"), ("HU", "4000003480000005"),
        ("IE", "4000003720000005"), ("IN", "4000003560000008"), ("IT", "4000003800000008"), ("JP", "4000003920000003"),
        ("LT", "4000004400000000"), ("LU", "4000004420000006"), ("LV", "4000004280000005"), ("MT", "4000004700000007"),
        ("MX", "4000004840008001"), ("MY", "4000004580000002"), ("NL", "4000005280000002"), ("NO", "4000005780000007"),
        ("NZ", "4000005540000008"), ("PL", "4000006160000005"), ("PT", "4000006200000007"), ("RO", "4000006420000001"),
        ("SE", "4000007520000008"), ("SG", "4000007020000003"), ("SI", "4000007050000006"), ("SK", "4000007030000001"),
        ("TH", "4000007640000003"), ("TW", "4000001580000008"), ("US", "4242424242424242"),
    ];

    /// <summary>A name that stands twice has two numbers; the token means the first.</summary>
    public static IReadOnlyList<TestCard> All { get; } =
    [
        new("4242424242424242", "visa"),
        new("4000056655665556", "visa_debit") { Funding = "debit" },
        new("5555555555554444", "mastercard") { Brand = "mastercard" },
        new("2223003122003222", "mastercard") { Brand = "mastercard" },
        new("5200828282828210", "mastercard_debit") { Brand = "mastercard", Funding = "debit" },
        new("5105105105105100", "mastercard_prepaid") { Brand = "mastercard", Funding = "prepaid" },
        new("378282246310005", "amex") { Brand = "amex" },
        new("371449635398431", "amex") { Brand = "amex" },
        new("6011111111111117", "discover") { Brand = "discover" },
        new("3056930009020004", "diners") { Brand = "diners" },
        new("3566002020360505", "jcb") { Brand = "jcb" },
        new("6200000000000005", "unionpay") { Brand = "unionpay" },
        new("4000002500001001", "visa_cartesBancaires") { Country = "FR" },

        Declined("4000000000000002", "visa_chargeDeclined", Generic),
        Declined("4000000000009995", "visa_chargeDeclinedInsufficientFunds", Insufficient),
        Declined("4000000000009987", "visa_chargeDeclinedLostCard", Never("lost_card")),
        Declined("4000000000009979", "visa_chargeDeclinedStolenCard", Never("stolen_card")),
        Declined("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded",
            Generic with { Reason = "card_velocity_exceeded" }),
        Declined("4000000000000069", "chargeDeclinedExpiredCard",
            Of("expired_card", null, "Your card has expired.", "do_not_try_again")),
        Declined("4000000000000127", "chargeDeclinedIncorrectCvc",
            Of("incorrect_cvc", null, "Your card's security code is incorrect.", "confirm_card_data"))
            with { DeclinesByCvc = true, CvcCheck = "fail" },
        Declined("4000000000000119", "chargeDeclinedProcessingError",
            Of("processing_error", null, "Your card could not be processed. Try again in a little bit.")),
        Declined("4000000000000341", "chargeCustomerFail", Generic) with { CanBeKept = true },

        Declined("4100000000000019", "radarBlock",
            Generic with { Reason = "fraudulent", Advice = null, IsBlocked = true })
            with { RiskLevel = "highest", CanBeKept = true },
        new("4000000000004954", "riskLevelHighest") { RiskLevel = "highest" },
        new("4000000000009235", "riskLevelElevated") { RiskLevel = "elevated" },
        new("4000000000000101", "cvcCheckFail") { CvcCheck = "fail" },
        new("4000000000000036", "avsZipFail") { Line1Check = "pass", PostalCheck = "fail" },
        new("4000000000000028", "avsLine1Fail") { Line1Check = "fail", PostalCheck = "pass" },
        new("4000000000000010", "avsFail") { Line1Check = "fail", PostalCheck = "fail" },
        new("4000000000000044", "avsUnchecked") { Line1Check = "unavailable", PostalCheck = "unavailable" },

        new("4000002500003155", "authenticationRequiredOnSetup")
        {
            Authentication = Authentication.UnlessSetUp,
            Country = "FR",
        },
        new("4000002760003184", "authenticationRequired") { Authentication = Authentication.Always, Country = "DE" },
        new("4000003800000446", "authenticationRequiredSetupForOffSession")
        {
            Authentication = Authentication.OnSession,
            Country = "IT",
        },
        new("4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds")
        {
            Authentication = Authentication.Always, Country = "GB",
            Decline = Insufficient,
        },
        new("4000000000003220", "threeDSecure2Required") { Authentication = Authentication.Always, Country = "IE" },
        new("4000008400000027", "threeDSecure2Required") { Authentication = Authentication.Always },
        new("4000000000003063", "threeDSecureRequired") { Authentication = Authentication.Always },
        new("4000008400001629", "threeDSecureRequiredChargeDeclined")
        {
            Authentication = Authentication.Always,
            Decline = Generic,
        },
        new("4000008400001280", "threeDSecureRequiredProcessingError")
        {
            Authentication = Authentication.Frictionless,
            Decline = Generic,
        },
        new("4000000000003055", "threeDSecureOptional") { Authentication = Authentication.Optional },
        new("4000000000003097", "threeDSecureOptionalProcessingError") { Authentication = Authentication.Broken },
        new("4000000032200000", "threeDSecure2Frictionless") { Authentication = Authentication.Frictionless },

        new("4000000000000259", "createDispute") { Dispute = new("fraudulent") },
        new("4000000000002685", "createDisputeProductNotReceived") { Dispute = new("product_not_received") },
        new("4000000000001976", "createDisputeInquiry") { Dispute = new("fraudulent", IsInquiry: true) },
        new("4000000000005423", "createIssuerFraudRecord") { WarnsOfFraud = true },
        new("4000000404000079", "createMultipleDisputes") { Dispute = new("fraudulent", Count: 2) },
        new("4000000404000038", "createCe3EligibleDispute") { Dispute = new("fraudulent") },
        new("4000008400000779", "createComplianceDispute") { Dispute = new("noncompliant") },
        new("5105008400000002", "createMastercardComplianceDispute")
        {
            Brand = "mastercard",
            Dispute = new("noncompliant"),
        },
        new("4000000001000043", "createAutoRepresentmentEligibleDispute") { Dispute = new("fraudulent") },
        new("4000000404004816", "createRapidDisputeResolutionDispute") { Dispute = new("fraudulent") },
        new("4000000404005649", "createCe3BlockDispute") { Dispute = new("fraudulent") },
        new("5105000300000018", "createEthocaAlert") { Brand = "mastercard", Dispute = new("fraudulent") },

        new("4000000000007726", "pendingRefund") { RefundsWait = true },
        new("4000000000005126", "refundFail") { RefundsFail = true },
        new("4000000000000077", "bypassPending") { BypassesPending = true },

        .. ByCountry.Select(card => new TestCard(card.Number, card.Country.ToLowerInvariant())
        {
            Country = card.Country,
        }),
    ];

    /// <summary>The card behind a payment method or a legacy card; null when it is no card.</summary>
    public static TestCard? Behind(StripeObject method) =>
        method.Hidden.Text("card") is { } number ? WithNumber(number) : null;

    public static TestCard? WithNumber(string number) => All.FirstOrDefault(card => card.Number == number);

    /// <param name="name">Such as <c>visa</c>; the brand in front of a declining card may be left out.</param>
    public static TestCard? Named(string name) =>
        All.FirstOrDefault(card => card.Name == name) ?? All.FirstOrDefault(card => card.Name == $"visa_{name}");

    private static Decline Of(string code, string? reason, string message, string advice = "try_again_later") =>
        new(code, reason, message, advice);

    private static Decline Never(string reason) => Generic with { Reason = reason, Advice = "do_not_try_again" };

    private static TestCard Declined(string number, string name, Decline decline) =>
        new(number, name) { Decline = decline, CanBeKept = false };
}
