using Holdfast.Simulator.Payments;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Payments;

/// <summary>
/// What each of Stripe's test cards does, in words: how a payment ends with its holder there ("asks" is 3-D Secure),
/// and what differs from a plain card: alone (off session), once set up, when the seller asks for 3-D Secure, kept or
/// not, checks, risk, disputes, refunds. https://docs.stripe.com/testing
/// </summary>
public sealed class CardTableTests
{
    /// <summary>Number, name of its token where it has one, and what it does.</summary>
    public static TheoryData<string, string, string> Cards => new()
    {
        { "4242424242424242", "visa", "paid" },
        { "4000056655665556", "visa_debit", "paid" },
        { "5555555555554444", "mastercard", "paid" },
        { "2223003122003222", "", "paid" },
        { "5200828282828210", "mastercard_debit", "paid" },
        { "5105105105105100", "mastercard_prepaid", "paid" },
        { "378282246310005", "amex", "paid" },
        { "371449635398431", "", "paid" },
        { "6011111111111117", "discover", "paid" },
        { "3056930009020004", "diners", "paid" },
        { "3566002020360505", "jcb", "paid" },
        { "6200000000000005", "unionpay", "paid" },
        { "4000002500001001", "visa_cartesBancaires", "paid" },
        { "4000002760000016", "de", "paid" },
        { "4000008260000000", "gb", "paid" },
        { "4000003560000008", "in", "paid" },

        { "4242424242424241", "", "incorrect_number" },
        { "4000000000000002", "visa_chargeDeclined", "card_declined/generic_decline; not kept" },
        {
            "4000000000009995", "visa_chargeDeclinedInsufficientFunds", "card_declined/insufficient_funds; not kept"
        },
        { "4000000000009987", "visa_chargeDeclinedLostCard", "card_declined/lost_card; not kept" },
        { "4000000000009979", "visa_chargeDeclinedStolenCard", "card_declined/stolen_card; not kept" },
        {
            "4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded",
            "card_declined/card_velocity_exceeded; not kept"
        },
        { "4000000000000069", "chargeDeclinedExpiredCard", "expired_card; not kept" },
        { "4000000000000127", "chargeDeclinedIncorrectCvc", "incorrect_cvc; not kept; cvc fail" },
        { "4000000000000119", "chargeDeclinedProcessingError", "processing_error; not kept" },
        { "4000000000000341", "chargeCustomerFail", "card_declined/generic_decline" },

        { "4100000000000019", "radarBlock", "card_declined/fraudulent; risk highest; blocked" },
        { "4000000000004954", "riskLevelHighest", "paid; risk highest" },
        { "4000000000009235", "riskLevelElevated", "paid; risk elevated; manual_review" },
        { "4000000000000101", "cvcCheckFail", "paid; cvc fail" },
        { "4000000000000036", "avsZipFail", "paid; line1 pass; postal fail" },
        { "4000000000000028", "avsLine1Fail", "paid; line1 fail; postal pass" },
        { "4000000000000010", "avsFail", "paid; line1 fail; postal fail" },
        { "4000000000000044", "avsUnchecked", "paid; line1 unavailable; postal unavailable" },

        {
            "4000002500003155", "authenticationRequiredOnSetup",
            "asks, paid; alone authentication_required; once set up paid"
        },
        { "4000002760003184", "authenticationRequired", "asks, paid; alone authentication_required" },
        { "4000003800000446", "authenticationRequiredSetupForOffSession", "asks, paid; alone paid" },
        {
            "4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds",
            "asks, card_declined/insufficient_funds; alone authentication_required"
        },
        { "4000000000003220", "threeDSecure2Required", "asks, paid; alone authentication_required" },
        { "4000008400000027", "", "asks, paid; alone authentication_required" },
        { "4000000000003063", "threeDSecureRequired", "asks, paid; alone authentication_required" },
        {
            "4000008400001629", "threeDSecureRequiredChargeDeclined",
            "asks, card_declined/generic_decline; alone authentication_required"
        },
        { "4000008400001280", "threeDSecureRequiredProcessingError", "card_declined/generic_decline" },
        { "4000000000003055", "threeDSecureOptional", "paid; asked for asks, paid" },
        { "4000000000003097", "", "paid; asked for processing_error" },
        { "4000000032200000", "", "paid" },

        { "4000000000000259", "createDispute", "paid; chargeback fraudulent" },
        { "4000000000002685", "createDisputeProductNotReceived", "paid; chargeback product_not_received" },
        { "4000000000001976", "createDisputeInquiry", "paid; inquiry fraudulent" },
        { "4000000000005423", "createIssuerFraudRecord", "paid; warning made_with_stolen_card" },
        { "4000000404000079", "createMultipleDisputes", "paid; chargeback fraudulent; chargeback fraudulent" },
        { "4000000404000038", "createCe3EligibleDispute", "paid; chargeback fraudulent" },
        { "4000008400000779", "createComplianceDispute", "paid; compliance noncompliant" },
        { "5105008400000002", "createMastercardComplianceDispute", "paid; compliance noncompliant" },
        { "4000000001000043", "createAutoRepresentmentEligibleDispute", "paid; chargeback fraudulent" },
        { "4000000404004816", "createRapidDisputeResolutionDispute", "paid; chargeback fraudulent" },
        { "4000000404005649", "createCe3BlockDispute", "paid; chargeback fraudulent" },
        { "5105000300000018", "createEthocaAlert", "paid; chargeback fraudulent" },

        { "4000000000007726", "pendingRefund", "paid; refund pending, succeeded" },
        { "4000000000005126", "refundFail", "paid; refund succeeded, failed" },
        { "4000000000000077", "bypassPending", "paid; available at once" },
    };

    [Theory]
    [MemberData(nameof(Cards))]
    public async Task Each_test_card_does_what_it_is_for(string number, string name, string does)
    {
        await using var box = await Box.OpenAsync();

        Assert.Equal(does, await new CardTrial(box, number).DescribeAsync());
        if (name.Length > 0)
        {
            var intent = await box.PostAsync("/v1/payment_intents",
                "amount=2000", "currency=usd", $"payment_method=pm_card_{name}", "expand[]=payment_method");
            Assert.Equal(number[^4..], (string?)intent["payment_method"]!["card"]!["last4"]);
            Assert.Same(TestCards.WithNumber(number), TestCards.Named(name));
        }
    }

    [Fact]
    public void The_table_leaves_no_card_out() => Assert.Empty(
        TestCards.All.Where(card => card.Name.Length > 2).Select(card => card.Number)
            .Except(Cards.Select(row => row.Data.Item1)));

    [Theory]
    [InlineData("pm_sepaDebit_success_de", "eur", 5, "succeeded")]
    [InlineData("pm_sepaDebit_successDelayed_de", "eur", 180, "succeeded")]
    [InlineData("pm_sepaDebit_failed_de", "eur", 5, "payment_intent_payment_attempt_failed")]
    [InlineData("pm_sepaDebit_failedDelayed_de", "eur", 180, "payment_intent_payment_attempt_failed")]
    [InlineData("pm_sepaDebit_disputed_de", "eur", 5, "succeeded, disputed")]
    [InlineData("pm_sepaDebit_insufficientFunds_de", "eur", 5, "insufficient_funds")]
    [InlineData("pm_bacsDebit_success", "gbp", 5, "succeeded")]
    [InlineData("pm_bacsDebit_insufficientFundsDelayed", "gbp", 180, "insufficient_funds")]
    [InlineData("pm_auBecsDebit_success", "aud", 5, "succeeded")]
    [InlineData("pm_auBecsDebit_disputed", "aud", 5, "succeeded, disputed")]
    [InlineData("pm_usBankAccount_accountClosed", "usd", 5, "account_closed")]
    public async Task Each_test_debit_ends_as_its_name_says(string token, string currency, int seconds, string ends)
    {
        await using var box = await Box.OpenAsync();
        var intent = await box.PostAsync("/v1/payment_intents",
            "amount=2000", $"currency={currency}", "confirm=true", $"payment_method={token}");
        Assert.Equal("processing", (string?)intent["status"]);

        await box.PassAsync(TimeSpan.FromSeconds(seconds));

        var ended = await box.GetAsync($"/v1/payment_intents/{intent["id"]}", "expand[]=latest_charge");
        var disputed = (bool)ended["latest_charge"]!["disputed"]! ? ", disputed" : "";
        Assert.Equal(ends, ((string?)ended["last_payment_error"]?["code"] ?? (string?)ended["status"]) + disputed);
    }
}
