using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>What a session costs today: its lines, less discounts; what is in trial costs nothing yet.</summary>
internal static class Sums
{
    public static bool IsOnTrial(StripeObject session) =>
        session.Hidden.At("data.trial_period_days") is not null || session.Hidden.At("data.trial_end") is not null;

    /// <summary>Sums the session up anew, with what it has for a discount now.</summary>
    public static void Write(Operation operation, StripeObject session)
    {
        StripeObject[] lines = [.. LineItems.Of(operation.World, session.Id)];
        var invoice = AsInvoice(lines);
        Totals.Write(invoice, Discounts(operation.World, session), balance: 0);
        var total = invoice.Number("total") ?? 0;
        if (total > 0 && total < Currencies.Minimum(session.Text("currency")!))
        {
            throw ApiError.Invalid("line_items", "The total of a session must be zero or what can be charged at least.",
                "amount_too_small");
        }

        foreach (var (line, summed) in lines.Zip(invoice.Objects("lines")))
        {
            var discount = summed.Objects("discount_amounts").Sum(cut => cut.Number("amount") ?? 0);
            operation.Update(line, body =>
            {
                body["amount_discount"] = discount;
                body["amount_total"] = line.Number("amount_subtotal") - discount;
            });
        }

        operation.Update(session, body =>
        {
            body["amount_subtotal"] = invoice.Number("subtotal");
            body["amount_total"] = total;
            body["total_details"]!["amount_discount"] = invoice.Number("subtotal") - total;
        });
    }

    /// <summary>Invoices can reckon already: the session's lines in the shape of theirs.</summary>
    private static JsonObject AsInvoice(IEnumerable<StripeObject> lines) => new()
    {
        ["amount_paid"] = 0,
        ["lines"] = new JsonArray([.. lines.Select(line => new JsonObject
        {
            ["amount"] = line.Number("amount_subtotal"),
            ["discountable"] = true,
        })]),
    };

    private static IReadOnlyList<JsonObject> Discounts(World world, StripeObject session) =>
        [.. SessionDiscounts.Of(world, session).Select(terms => new JsonObject
        {
            ["_coupon"] = SessionDiscounts.CouponOf(world, terms).Body.Copy(),
            ["id"] = "di",
        })];
}
