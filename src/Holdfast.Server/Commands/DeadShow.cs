using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class DeadShow
{
    public static Command Create()
    {
        var id = Inputs.Text("ID", "The dead letter's id, job_….");
        var command = new Command("show", "Shows one dead letter: every attempt, the error, and its payload.")
        {
            id, Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            var answer = await talk.Api.GetAsync(ApiPath.Of("dead-letters", talk.Parsed.GetRequiredValue(id)), talk.Ct);
            talk.Show(answer, () => Show(answer.Root));
            return ExitCode.Fine;
        });
    }

    private static void Show(JsonElement letter)
    {
        Screen.Fields(
            ("Dead letter", letter.Text("id")),
            ("State", letter.Text("state")),
            ("Kind", letter.Text("kind")),
            ("Event", letter.Text("event")),
            ("Type", letter.Text("event_type")),
            ("Money (minor units)", DeadList.Money(letter)),
            ("First attempt", letter.Moment("first_at")),
            ("Last attempt", letter.Moment("last_at")),
            ("Fingerprint", letter.Text("fingerprint")),
            ("Error", letter.Text("error")));
        Attempts.Show(letter.Items("history"));
        if (letter.Text("detail") is { Length: > 0 } detail)
        {
            Screen.Line("");
            foreach (var line in detail.Split('\n'))
            {
                Screen.Line(line.TrimEnd('\r'));
            }
        }

        if (letter.Get("payload") is { ValueKind: JsonValueKind.Object } payload)
        {
            Screen.Indented("Payload", payload);
        }
    }
}
