using System.CommandLine;
using System.Text.Json.Nodes;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class DeadDismiss
{
    public static Command Create()
    {
        var id = Inputs.Text("ID", "The dead letter's id, job_….");
        var reason = new Option<string>("--reason")
        {
            Description = "Why it may be closed; stays on record.",
            HelpName = "TEXT",
            Required = true,
        };
        var command = new Command("dismiss", "Closes a dead letter for good, without applying it.")
        {
            id, reason, Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            var answer = await talk.Api.PostAsync(
                ApiPath.Of("dead-letters", talk.Parsed.GetRequiredValue(id), "dismiss"),
                new JsonObject { ["reason"] = talk.Parsed.GetRequiredValue(reason) },
                talk.Ct);
            talk.Show(answer, () => Screen.Line($"{answer.Root.Text("id")} is {answer.Root.Text("state")}."));
            return ExitCode.Fine;
        });
    }
}
