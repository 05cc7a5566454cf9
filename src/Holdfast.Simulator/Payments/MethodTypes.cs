using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Which types of payment method an intent takes. Since endive they are allowed or excluded; before, they were named.
/// Stripe's CLI names them still and leaves the version to the account: whoever names no version may do so too.
/// </summary>
internal static class MethodTypes
{
    private static readonly ApiVersion Allowing = ApiVersion.Of("2026-09-30.endive");

    private static readonly string[] Known =
    [
        "card", "link", "sepa_debit", "us_bank_account", "bacs_debit", "au_becs_debit", "acss_debit", "nz_bank_account",
    ];

    public static bool IsGiven(Call call) => call.Params.Has("allowed_payment_method_types")
        || call.Params.Has("payment_method_types") || call.Params.Has("excluded_payment_method_types");

    /// <param name="automatic">The Dashboard's types when none are named.</param>
    public static (IReadOnlyList<string> Types, JsonObject Fields) Read(Call call, string currency, bool automatic)
    {
        var asked = call.Params;
        var fields = new JsonObject();
        IReadOnlyList<string> types;
        if (call.Version >= Allowing && asked.Has("allowed_payment_method_types"))
        {
            types = KnownOnly(asked, "allowed_payment_method_types");
            fields["allowed_payment_method_types"] = ToArray(types);
        }
        else if ((call.Version < Allowing || !call.NamesVersion) && asked.Has("payment_method_types"))
        {
            types = KnownOnly(asked, "payment_method_types");
        }
        else
        {
            types = automatic ? InDashboard(currency) : ["card"];
            if (automatic)
            {
                fields["automatic_payment_methods"] = new JsonObject
                {
                    ["allow_redirects"] = "always",
                    ["enabled"] = true,
                };
            }
        }

        if (asked.Has("excluded_payment_method_types"))
        {
            var excluded = KnownOnly(asked, "excluded_payment_method_types");
            types = [.. types.Except(excluded)];
            fields["excluded_payment_method_types"] = ToArray(excluded);
        }

        fields["payment_method_types"] = ToArray(types);
        return (types, fields);
    }

    /// <summary>Those the Dashboard offers for a currency while nobody has chosen others.</summary>
    public static IReadOnlyList<string> InDashboard(string currency) => currency switch
    {
        "eur" => ["card", "link", "sepa_debit"],
        "usd" => ["card", "link", "us_bank_account"],
        "gbp" => ["card", "link", "bacs_debit"],
        "aud" => ["card", "link", "au_becs_debit"],
        "cad" => ["card", "link", "acss_debit"],
        "nzd" => ["card", "link", "nz_bank_account"],
        _ => ["card", "link"],
    };

    public static IReadOnlyList<string> KnownOnly(Params asked, string name)
    {
        var types = asked.Texts(name);
        foreach (var type in types)
        {
            if (!Known.Contains(type))
            {
                throw ApiError.Unsupported($"payment methods of type {type}", asked.PathOf(name));
            }
        }

        return types;
    }

    public static JsonArray ToArray(IReadOnlyList<string> types) =>
        new([.. types.Select(type => JsonValue.Create(type))]);
}
