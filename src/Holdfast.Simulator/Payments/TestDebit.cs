using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// A bank debit of Stripe's test data, such as <c>pm_sepaDebit_failedDelayed_de</c>: the payment is in process at
/// first, and its end comes by time. https://docs.stripe.com/testing#non-card-payments
/// </summary>
/// <param name="Type">Of the payment method: <c>sepa_debit</c>.</param>
/// <param name="Outcome">Such as <c>success</c>, <c>failed</c> or <c>disputed</c>.</param>
internal sealed record TestDebit(string Type, string Outcome, bool IsDelayed, string Country)
{
    private const long SoonSeconds = 5;
    private const long DelayedSeconds = 180;

    private static readonly Dictionary<string, (string Type, string Country)> Families = new()
    {
        ["sepaDebit"] = ("sepa_debit", "DE"),
        ["bacsDebit"] = ("bacs_debit", "GB"),
        ["auBecsDebit"] = ("au_becs_debit", "AU"),
        ["nzBankAccount"] = ("nz_bank_account", "NZ"),
        ["acssDebit"] = ("acss_debit", "CA"),
        ["usBankAccount"] = ("us_bank_account", "US"),
    };

    private static readonly Dictionary<string, string?> Failures = new()
    {
        ["success"] = null,
        ["disputed"] = null,
        ["processing"] = null,
        ["failed"] = "payment_intent_payment_attempt_failed",
        ["insufficientFunds"] = "insufficient_funds",
        ["accountClosed"] = "account_closed",
        ["noAccount"] = "no_account",
        ["debitNotAuthorized"] = "debit_not_authorized",
        ["invalidCurrency"] = "invalid_currency",
    };

    public bool IsDisputed => Outcome is "disputed";

    public bool NeverEnds => Outcome is "processing";

    /// <summary>The error's code, null when the money comes.</summary>
    public string? Failure => Failures[Outcome];

    public long Seconds => IsDelayed ? DelayedSeconds : SoonSeconds;

    public static bool IsType(string type) => Families.Values.Any(family => family.Type == type);

    /// <summary>Reads a token's name; null when it names no debit.</summary>
    public static TestDebit? Parse(string token)
    {
        var parts = token.Split('_');
        if (parts is not ["pm", _, _, ..] || parts.Length > 4 || !Families.TryGetValue(parts[1], out var family))
        {
            return null;
        }

        var delayed = parts[2].EndsWith("Delayed", StringComparison.Ordinal);
        var outcome = delayed ? parts[2][..^"Delayed".Length] : parts[2];
        var country = parts.Length is 4 ? parts[3].ToUpperInvariant() : family.Country;
        return Failures.ContainsKey(outcome) ? new TestDebit(family.Type, outcome, delayed, country) : null;
    }

    /// <summary>The token that stands for an account's number; any but Stripe's test accounts pays.</summary>
    public static string TokenOf(string type, string number)
    {
        var family = Families.First(family => family.Value.Type == type).Key;
        return $"pm_{family}_{OutcomeOf(number.Replace(" ", "", StringComparison.Ordinal))}";
    }

    private static string OutcomeOf(string number) => number switch
    {
        "AT861904300235473202" or "DE62370400440532013001" or "IT60X0542811101000000123456" => "failed",
        "AT051904300235473205" or "DE78370400440532013004" => "failedDelayed",
        "AT321904300235473204" or "DE08370400440532013003" or "90012345" or "900123456" => "successDelayed",
        "AT591904300235473203" or "DE35370400440532013002" or "000555555559" => "disputed",
        "000222222227" or "222222227" or "22222227" => "insufficientFunds",
        "922222227" or "92222227" => "insufficientFundsDelayed",
        "000333333335" or "333333335" or "33333335" => "debitNotAuthorized",
        "000111111113" or "111111113" => "accountClosed",
        "000111111116" or "111111116" => "noAccount",
        "000444444440" => "invalidCurrency",
        "000000000009" => "processing",
        _ => "success",
    };

    /// <summary>The debit behind a payment method; null when it is none.</summary>
    public static TestDebit? Behind(StripeObject method) =>
        method.Hidden.Text("debit") is { } token ? Parse(token) : null;

    /// <summary>What the payment method shows of the account.</summary>
    public JsonObject OfMethod() => AccountAnd(Type switch
    {
        "sepa_debit" => new JsonObject { ["generated_from"] = null },
        "us_bank_account" => new JsonObject
        {
            ["financial_connections_account"] = null,
            ["networks"] = new JsonObject { ["preferred"] = "ach", ["supported"] = new JsonArray("ach") },
            ["status_details"] = null,
        },
        _ => [],
    });

    /// <summary>What the charge shows of the account.</summary>
    public JsonObject OfCharge() => AccountAnd(Type switch
    {
        "sepa_debit" or "bacs_debit" => new JsonObject { ["mandate"] = null },
        "us_bank_account" => new JsonObject { ["payment_reference"] = null },
        _ => [],
    });

    private JsonObject AccountAnd(JsonObject more)
    {
        var shown = Account();
        shown.Take(more);
        return shown;
    }

    private JsonObject Account() => Type switch
    {
        "sepa_debit" => new JsonObject
        {
            ["bank_code"] = "37040044",
            ["branch_code"] = "",
            ["country"] = Country,
            ["fingerprint"] = Fingerprint(),
            ["last4"] = "3000",
        },
        "us_bank_account" => new JsonObject
        {
            ["account_holder_type"] = "individual",
            ["account_type"] = "checking",
            ["bank_name"] = "STRIPE TEST BANK",
            ["fingerprint"] = Fingerprint(),
            ["last4"] = "6789",
            ["routing_number"] = "110000000",
        },
        "bacs_debit" => new JsonObject
        {
            ["fingerprint"] = Fingerprint(),
            ["last4"] = "2345",
            ["sort_code"] = "108800",
        },
        "acss_debit" => new JsonObject
        {
            ["bank_name"] = "STRIPE TEST BANK",
            ["fingerprint"] = Fingerprint(),
            ["institution_number"] = "000",
            ["last4"] = "6789",
            ["transit_number"] = "11000",
        },
        "nz_bank_account" => new JsonObject
        {
            ["account_holder_name"] = null,
            ["bank_code"] = "11",
            ["bank_name"] = "STRIPE TEST BANK",
            ["branch_code"] = "0000",
            ["last4"] = "0010",
            ["suffix"] = "000",
        },
        _ => new JsonObject { ["bsb_number"] = "000000", ["fingerprint"] = Fingerprint(), ["last4"] = "3456" },
    };

    private string Fingerprint() => new Ids(Chance.For(0, $"{Type} {Outcome} {Country}")).Letters(16);
}
