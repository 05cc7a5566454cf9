using System.CommandLine;
using Holdfast.Jobs;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class EventsList
{
    private static readonly string[] Headings = ["ID", "TYPE", "OBJECT", "STATE", "CREATED", "RECEIVED", "DELIVERIES"];

    public static Command Create()
    {
        var states = Enum.GetValues<JobState>().Select(state => state.Name).ToArray();
        var type = Inputs.Filter("--type", "TYPE", "Only events of this type, such as invoice.paid.");
        var about = Inputs.Filter("--object", "ID", "Only events about this object, such as sub_….");
        var state = Inputs.Filter("--state", "STATE", $"Only events whose job is {string.Join(", ", states)}.")
            .AcceptOnlyFrom(states);
        var livemode = Inputs.Livemode("Only live events, or only those of test mode.");
        var page = new PageOptions();
        var command = new Command("list", "Lists events, newest first.") { type, about, state, livemode };
        page.AddTo(command);
        return command.Asking(async talk =>
        {
            var path = ApiPath.Of("events")
                .With("type", talk.Parsed.GetValue(type))
                .With("object", talk.Parsed.GetValue(about))
                .With("state", talk.Parsed.GetValue(state))
                .With("livemode", talk.Parsed.GetValue(livemode));
            var answer = await talk.Api.GetAsync(page.Of(path, talk.Parsed), talk.Ct);
            talk.Show(answer, () => PageOptions.Show(answer.Root, "No event matches.", Headings, one =>
            [
                one.Text("id"),
                one.Text("type"),
                one.Get("object").Text("id"),
                one.Get("job").Text("state"),
                one.Moment("created"),
                one.Moment("received_at"),
                one.Text("deliveries"),
            ]));
            return ExitCode.Fine;
        });
    }
}
