using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Objects;

/// <summary>
/// How often a price or a plan is billed: three years at the longest.
/// https://docs.stripe.com/api/prices/create#create_price-recurring-interval_count
/// </summary>
internal static class Recurrence
{
    public static JsonObject Read(Params asked)
    {
        asked.Required("interval");
        var interval = asked.OneOf("interval", "day", "week", "month", "year");
        var (count, most) = (asked.Integer("interval_count") ?? 1, interval switch
        {
            "day" => 3 * 365,
            "week" => 3 * 52,
            "month" => 3 * 12,
            _ => 3,
        });
        if (count < 1 || count > most)
        {
            throw ApiError.Invalid(asked.PathOf("interval_count"),
                $"Invalid interval_count: with {interval} it must be between 1 and {most}.", "parameter_invalid_integer");
        }

        return new JsonObject
        {
            ["interval"] = interval,
            ["interval_count"] = count,
            ["meter"] = null,
            ["trial_period_days"] = asked.Integer("trial_period_days"),
            ["usage_type"] = asked.OneOf("usage_type", "licensed") ?? "licensed",
        };
    }
}
