using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>The sums of an invoice: of its lines, less its discounts, less what the customer has in credit.</summary>
internal static class Totals
{
    /// <param name="discounts">In the order they work: each on what the one before has left.</param>
    /// <param name="balance">Of the customer: negative is credit, positive is owed besides.</param>
    public static void Write(JsonObject invoice, IReadOnlyList<JsonObject> discounts, long balance)
    {
        JsonObject[] lines = [.. invoice.Objects("lines")];
        var cuts = new JsonArray();
        var left = Array.ConvertAll(lines, line => line.Number("amount") ?? 0);
        foreach (var line in lines)
        {
            line["discount_amounts"] = new JsonArray();
        }

        foreach (var discount in discounts)
        {
            var cut = Cut(discount, lines, left);
            cuts.Add(Amount(cut.Sum(), discount));
            for (var i = 0; i < lines.Length; i++)
            {
                left[i] -= cut[i];
                if (cut[i] != 0)
                {
                    lines[i].Items("discount_amounts").Add(Amount(cut[i], discount));
                }
            }
        }

        var (subtotal, total) = (lines.Sum(line => line.Number("amount") ?? 0), left.Sum());
        invoice["subtotal"] = subtotal;
        invoice["subtotal_excluding_tax"] = subtotal;
        invoice["total"] = total;
        invoice["total_excluding_tax"] = total;
        invoice["total_discount_amounts"] = cuts;
        invoice["starting_balance"] = balance;
        invoice["amount_due"] = Math.Max(0, total + balance);
        invoice["amount_remaining"] = invoice.Number("amount_due") - invoice.Number("amount_paid");
    }

    /// <summary>How much a discount takes off each line.</summary>
    private static long[] Cut(JsonObject discount, JsonObject[] lines, long[] left)
    {
        var open = new long[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            open[i] = lines[i].Flag("discountable") ? left[i] : 0;
        }

        return discount.At("_coupon.percent_off")?.GetValue<decimal>() is { } percent
            ? Array.ConvertAll(open, amount => Money.Round(amount * percent / 100))
            : Spread(discount.Number("_coupon.amount_off") ?? 0, open);
    }

    /// <summary>An amount over the lines by their weight, to the last unit.</summary>
    private static long[] Spread(long amount, long[] open)
    {
        var rest = Array.ConvertAll(open, line => Math.Max(0, line));
        var (remaining, weight) = (Math.Min(amount, rest.Sum()), rest.Sum());
        var cut = new long[open.Length];
        for (var i = 0; i < open.Length && weight > 0; i++)
        {
            cut[i] = Money.Round((decimal)remaining * rest[i] / weight);
            remaining -= cut[i];
            weight -= rest[i];
        }

        return cut;
    }

    private static JsonObject Amount(long amount, JsonObject discount) =>
        new() { ["amount"] = amount, ["discount"] = discount.Text("id") };
}
