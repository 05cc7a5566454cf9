using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>Amounts in the currency's smallest unit, rounded where Stripe rounds: once for each line.</summary>
internal static class Money
{
    public static long Round(decimal amount) => (long)decimal.Round(amount, MidpointRounding.AwayFromZero);

    /// <summary>What so many units of a price cost for one period.</summary>
    public static decimal Of(JsonObject price, long quantity) => UnitOf(price) * quantity;

    public static decimal UnitOf(JsonObject price) =>
        decimal.Parse(price.Text("unit_amount_decimal") ?? "0", NumberStyles.Number, CultureInfo.InvariantCulture);

    /// <summary>As texts for people show it: <c>$12.00</c>, <c>12.00 SEK</c>, <c>¥500</c>.</summary>
    public static string Show(decimal amount, string currency)
    {
        var hasCents = !Currencies.HasNoCents(currency);
        var number = (hasCents ? amount / 100 : amount)
            .ToString(hasCents ? "0.00" : "0", CultureInfo.InvariantCulture);
        return currency switch
        {
            "usd" => $"${number}",
            "eur" => $"€{number}",
            "gbp" => $"£{number}",
            "jpy" => $"¥{number}",
            _ => $"{number} {currency.ToUpperInvariant()}",
        };
    }
}
