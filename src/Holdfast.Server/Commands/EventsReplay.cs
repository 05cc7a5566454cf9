using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class EventsReplay
{
    public static Command Create()
    {
        var id = Inputs.Text("ID", "The event's id, evt_….");
        var dryRun = new Option<bool>("--dry-run") { Description = "Change nothing; only tell what would change." };
        var livemode = Inputs.Livemode("Which mode's, should both have it. [default: the server's own]");
        var command = new Command("replay", "Applies an event again; what it did already is not done twice.")
        {
            id, dryRun, livemode, Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            var path = ApiPath.Of("events", talk.Parsed.GetRequiredValue(id), "replay")
                .With("dry_run", talk.Parsed.GetValue(dryRun) ? "true" : null)
                .With("livemode", talk.Parsed.GetValue(livemode));
            var answer = await talk.Api.PostAsync(path, body: null, talk.Ct);
            talk.Show(answer, () => Show(answer.Root));
            return ExitCode.Fine;
        });
    }

    private static void Show(JsonElement answer)
    {
        if (!answer.IsTrue("dry_run"))
        {
            Screen.Line($"{answer.Text("id")} is {answer.Text("state")} again and will be applied in a moment.");
            return;
        }

        var changes = answer.Items("changes");
        Screen.Fields(
            ("Event", answer.Text("id")),
            ("Would end as", answer.Text("outcome")),
            ("Because", answer.Text("reason")),
            ("Would change", changes.Count is 0 ? "nothing" : $"{changes.Count} object(s)"));
        foreach (var change in changes)
        {
            Screen.Indented($"Would change {change.Text("type")} {change.Text("id")}", change.Get("difference"));
        }
    }
}
