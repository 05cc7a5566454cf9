using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Apply;

/// <summary>The money an event is about, so that those who mend things know where to begin.</summary>
internal static class MoneyAtRisk
{
    // In the order in which they tell most about the object that has them.
    private static readonly string[] Amounts = ["amount_total", "amount_due", "total", "amount"];

    /// <returns>An amount in the currency's smallest unit, or null when the event is not about money.</returns>
    public static (long Amount, string Currency)? In(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.At("data", "object") is not { } about || about.Text("currency") is not { } currency)
        {
            return null;
        }

        return Amounts.Select(name => about.Number(name)).FirstOrDefault(amount => amount is not null) is { } found
            ? (found, currency)
            : null;
    }
}
