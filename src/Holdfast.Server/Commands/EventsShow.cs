using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class EventsShow
{
    public static Command Create()
    {
        var id = Inputs.Text("ID", "The event's id, evt_….");
        var livemode = Inputs.Livemode("Which mode's, should both have it. [default: the server's own]");
        var command = new Command("show", "Shows one event: its attempts, what it changed, and its payload.")
        {
            id, livemode, Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            var path = ApiPath.Of("events", talk.Parsed.GetRequiredValue(id))
                .With("livemode", talk.Parsed.GetValue(livemode));
            var answer = await talk.Api.GetAsync(path, talk.Ct);
            talk.Show(answer, () => Show(answer.Root));
            return ExitCode.Fine;
        });
    }

    private static void Show(JsonElement shown)
    {
        var (about, job) = (shown.Get("object"), shown.Get("job"));
        Screen.Fields(
            ("Event", shown.Text("id")),
            ("Type", shown.Text("type")),
            ("Object", $"{about.Text("type")} {about.Text("id")}".Trim()),
            ("Mode", shown.IsTrue("livemode") ? "live" : "test"),
            ("Stripe account", shown.Text("stripe_account")),
            ("API version", shown.Text("api_version")),
            ("Created", shown.Moment("created")),
            ("Received", shown.Moment("received_at")),
            ("Deliveries", shown.Text("deliveries")),
            ("Endpoint", shown.Text("endpoint")),
            ("Correlation", shown.Text("correlation_id")),
            ("Job", $"{job.Text("state")}, attempt {job.Text("attempt")}"),
            ("Runs at", job.Moment("run_at")));
        Attempts.Show(shown.Items("attempts"));
        foreach (var change in shown.Items("changes"))
        {
            Screen.Indented($"Changed {change.Text("type")} {change.Text("id")}", change.Get("difference"));
        }

        Screen.Indented("Payload", shown.Get("payload"));
    }
}
