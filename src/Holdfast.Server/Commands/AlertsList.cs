using System.CommandLine;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class AlertsList
{
    private static readonly string[] Headings =
        ["ID", "KIND", "SUBJECT", "FIRST", "LAST", "TIMES", "SEEN BY", "MESSAGE"];

    public static Command Create()
    {
        var page = new PageOptions();
        var command = new Command("list", "Lists open alerts, newest first.");
        page.AddTo(command);
        return command.Asking(async talk =>
        {
            var answer = await talk.Api.GetAsync(page.Of(ApiPath.Of("alerts"), talk.Parsed), talk.Ct);
            talk.Show(answer, () => PageOptions.Show(answer.Root, "No alert is open.", Headings, one =>
            [
                one.Text("id"),
                one.Text("kind"),
                one.Text("subject"),
                one.Moment("first_at"),
                one.Moment("last_at"),
                one.Text("times"),
                one.Text("acknowledged_by"),
                one.Text("message"),
            ]));
            return ExitCode.Fine;
        });
    }
}
