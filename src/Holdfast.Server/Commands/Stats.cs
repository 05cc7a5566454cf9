using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class Stats
{
    public static Command Create()
    {
        var command = new Command("stats", "Shows what was counted since the store was made, and the work there is.")
        {
            Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            var answer = await talk.Api.GetAsync(ApiPath.Of("stats"), talk.Ct);
            talk.Show(answer, () => Show(answer.Root));
            return ExitCode.Fine;
        });
    }

    private static void Show(JsonElement stats)
    {
        string[] headings = ["WORK", "OPEN", "DUE", "DEAD", "UNKNOWN"];
        Screen.Table(headings, stats.Members("jobs").Select(kind => (IReadOnlyList<string>)
        [
            kind.Name,
            kind.Value.Text("open"),
            kind.Value.Text("due"),
            kind.Value.Text("dead"),
            kind.Value.Text("unknown"),
        ]));
        Screen.Line("");
        Screen.Fields(
        [
            ("Lag in seconds", stats.Text("lag_seconds")),
            ("Received", stats.Text("received")),
            ("Caught up", stats.Text("caught_up")),
            ("Duplicates", stats.Text("duplicates")),
            ("Refused", stats.Text("refused")),
            .. stats.Members("refused_by_cause").Select(cause => ($"  {cause.Name}", cause.Value.ToString())),
            ("Conflicts", stats.Text("conflicts")),
            ("Applied", stats.Text("applied")),
            ("Fresh", stats.Text("fresh")),
            ("Stale", stats.Text("stale")),
            ("In doubt", stats.Text("in_doubt")),
            ("Fetched", stats.Text("fetched")),
            ("Confirmed", stats.Text("confirmed")),
            .. stats.Members("confirmation").Select(took => ($"  {took.Name}", took.Value.ToString())),
            .. stats.Members("secrets_matched")
                .Select(secret => ($"Matched secret {secret.Name}", secret.Value.ToString())),
        ]);
    }
}
