using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>What a session costs today: its lines, less discounts; what is in trial costs nothing yet.</summary>
internal static class Sums
{
    public static void Write(Call call, StripeObject session, IReadOnlyList<LineTerms> lines)
    {
        var onTrial = session.Hidden.At("data.trial_period_days") is not null || session.Hidden.At("data.trial_end") is not null;
        var amounts = lines.Select(line => onTrial && line.IsRecurring ? 0 : line.Amount).ToArray();
        var total = amounts.Sum();
        if (total > 0 && total < Currencies.Minimum(session.Text("currency")!))
        {
            throw ApiError.Invalid("line_items", "The total of a session must be zero or what can be charged at least.",
                "amount_too_small");
        }

        for (var i = 0; i < lines.Count; i++)
        {
            LineItems.Make(call.Operation, session, lines[i], 0, amounts[i]);
        }

        call.Operation.Update(session, body =>
        {
            body["amount_subtotal"] = total;
            body["amount_total"] = total;
        });
    }
}
