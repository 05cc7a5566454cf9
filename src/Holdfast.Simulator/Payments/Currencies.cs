using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Currencies and the least that can be charged in them.
/// https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
/// </summary>
internal static class Currencies
{
    private const int CodeLength = 3;

    public static string Read(Params asked, string name)
    {
        var currency = asked.Required(name).ToLowerInvariant();
        return currency.Length == CodeLength && currency.All(char.IsAsciiLetterLower)
            ? currency
            : throw ApiError.Invalid(
                asked.PathOf(name), $"Invalid currency: {currency}. Use a three-letter ISO code.");
    }

    /// <summary>Its amounts are in whole units. https://docs.stripe.com/currencies#zero-decimal</summary>
    public static bool HasNoCents(string currency) => currency is "bif" or "clp" or "djf" or "gnf" or "jpy" or "kmf"
        or "krw" or "mga" or "pyg" or "rwf" or "vnd" or "vuv" or "xaf" or "xof" or "xpf";

    public static long Minimum(string currency) => currency switch
    {
        "gbp" => 30,
        "czk" => 1500,
        "dkk" => 250,
        "hkd" => 400,
        "huf" => 17_500,
        "mxn" => 1000,
        "myr" or "pln" or "ron" or "aed" => 200,
        "nok" or "sek" => 300,
        "thb" => 1000,
        _ => 50,
    };
}
