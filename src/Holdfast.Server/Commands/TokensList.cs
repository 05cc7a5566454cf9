using System.CommandLine;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class TokensList
{
    private static readonly string[] Headings = ["ID", "NAME", "ROLE", "CREATED", "REVOKED"];

    public static Command Create()
    {
        var command = new Command("list", "Lists tokens, without their secrets.") { Conversation.JsonOption() };
        return command.Asking(async talk =>
        {
            var answer = await talk.Api.GetAsync(ApiPath.Of("tokens"), talk.Ct);
            talk.Show(answer, () => PageOptions.Show(answer.Root, "No token was made yet.", Headings, one =>
            [
                one.Text("id"),
                one.Text("name"),
                one.Text("role"),
                one.Moment("created_at"),
                one.Moment("revoked_at"),
            ]));
            return ExitCode.Fine;
        });
    }
}
