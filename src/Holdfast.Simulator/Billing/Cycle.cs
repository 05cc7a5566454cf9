using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// The rhythm of a recurring price from an anchor. Months are counted from the anchor's own day, so that the 31st is the
/// 28th in February and the 31st again in March. https://docs.stripe.com/billing/subscriptions/billing-cycle
/// </summary>
internal readonly record struct Cycle(long Anchor, string Interval, long Count)
{
    private const long Day = 24 * 60 * 60;

    public static Cycle Of(long anchor, JsonObject price) => new(
        anchor, price.Text("recurring.interval") ?? "month", price.Number("recurring.interval_count") ?? 1);

    /// <summary>Whether two prices are billed at the same moments from one anchor.</summary>
    public static bool Same(JsonObject price, JsonObject other) => Of(0, price) == Of(0, other);

    /// <summary>The beginning of the period that many periods after the anchor; before it when negative.</summary>
    public long Begin(long number) => Interval switch
    {
        "day" => Anchor + (number * Count * Day),
        "week" => Anchor + (number * Count * 7 * Day),
        "year" => Months(number * Count * 12),
        _ => Months(number * Count),
    };

    /// <summary>The period in which a moment falls; a boundary belongs to the period it begins.</summary>
    public (long Start, long End) Around(long moment)
    {
        var number = (moment - Anchor) / Math.Max(Day, Begin(1) - Anchor);
        while (Begin(number) > moment)
        {
            number--;
        }

        while (Begin(number + 1) <= moment)
        {
            number++;
        }

        return (Begin(number), Begin(number + 1));
    }

    private long Months(long count) =>
        DateTimeOffset.FromUnixTimeSeconds(Anchor).AddMonths((int)count).ToUnixTimeSeconds();
}
