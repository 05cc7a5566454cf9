using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>The simulator's own way to set what Stripe's Dashboard sets.</summary>
internal static class BillingSettingsApi
{
    private const int MaxRetries = 30;
    private const int MaxDays = 60;

    public static void Map(Control control, World world)
    {
        control.Get("settings", _ => Task.FromResult<JsonNode>(Show(world.Billing)));
        control.Post("settings", async call =>
        {
            var change = Read(call.Params);
            call.Params.RefuseUnread();
            using (await world.EnterAsync(call.Cancelled))
            {
                world.Billing = change(world.Billing);
            }

            return Show(world.Billing);
        });
    }

    private static Func<BillingSettings, BillingSettings> Read(Params asked)
    {
        var days = asked.Has("retry_after_days") ? ReadDays(asked.Texts("retry_after_days")) : null;
        AfterLastFailure? ending = asked.OneOf("after_last_failure", "cancel", "unpaid", "past_due") switch
        {
            "cancel" => AfterLastFailure.Cancel,
            "unpaid" => AfterLastFailure.MarkUnpaid,
            "past_due" => AfterLastFailure.LeavePastDue,
            _ => null,
        };
        var (upcoming, willBeDue) = (ReadNotice(asked, "upcoming_days"), ReadNotice(asked, "will_be_due_days"));
        return settings => new BillingSettings
        {
            AfterLastFailure = ending ?? settings.AfterLastFailure,
            RetryAfterDays = days ?? settings.RetryAfterDays,
            UpcomingDays = upcoming ?? settings.UpcomingDays,
            WillBeDueDays = willBeDue ?? settings.WillBeDueDays,
        };
    }

    private static int? ReadNotice(Params asked, string name) => asked.Integer(name) switch
    {
        null => null,
        var days and >= 0 and <= MaxDays => (int)days,
        _ => throw ApiError.Invalid(name, $"Days may be 0 to {MaxDays}."),
    };

    private static int[] ReadDays(IReadOnlyList<string> texts) =>
        texts.Count <= MaxRetries
        && texts.All(text =>
            int.TryParse(text, CultureInfo.InvariantCulture, out var days) && days is >= 0 and <= MaxDays)
            ? [.. texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture))]
            : throw ApiError.Invalid(
                "retry_after_days", $"Give at most {MaxRetries} numbers of days from 0 to {MaxDays}.");

    private static JsonObject Show(BillingSettings settings) => new()
    {
        ["object"] = "simulator.settings",
        ["after_last_failure"] = settings.AfterLastFailure switch
        {
            AfterLastFailure.Cancel => "cancel",
            AfterLastFailure.MarkUnpaid => "unpaid",
            _ => "past_due",
        },
        ["retry_after_days"] = new JsonArray([.. settings.RetryAfterDays.Select(days => JsonValue.Create(days))]),
        ["upcoming_days"] = settings.UpcomingDays,
        ["will_be_due_days"] = settings.WillBeDueDays,
    };
}
