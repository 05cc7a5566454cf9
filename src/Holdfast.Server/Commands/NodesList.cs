using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class NodesList
{
    private static readonly string[] Headings = ["ID", "NAME", "STATE", "STARTED", "SEEN", "ENDED", "VERSION"];

    public static Command Create()
    {
        var page = new PageOptions();
        var command = new Command(
            "nodes", "Lists the nodes, newest first. Exits 1 when one is late, or was lost and has not come back.");
        page.AddTo(command);
        return command.Asking(async talk =>
        {
            var answer = await talk.Api.GetAsync(page.Of(ApiPath.Of("nodes"), talk.Parsed), talk.Ct);
            talk.Show(answer, () => PageOptions.Show(answer.Root, "There is no node.", Headings, one =>
            [
                one.Text("id"),
                one.Text("name"),
                one.Text("state"),
                one.Moment("started_at"),
                one.Moment("seen_at"),
                one.Moment("ended_at"),
                one.Text("version"),
            ]));
            return IsMissed(answer.Root.Items("data")) ? ExitCode.Found : ExitCode.Fine;
        });
    }

    /// <summary>A node that died and was started again is a new row above the one that was lost.</summary>
    private static bool IsMissed(IReadOnlyList<JsonElement> newestFirst)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return newestFirst.Any(node =>
        {
            var isNewest = seen.Add(node.Text("name"));
            return node.Text("state") is "late" || (node.Text("state") is "lost" && isNewest);
        });
    }
}
