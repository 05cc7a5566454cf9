using System.CommandLine;
using System.Text.Json.Nodes;
using Holdfast.Server.Client;
using Holdfast.Server.Output;
using Holdfast.Tokens;

namespace Holdfast.Server.Commands;

internal static class TokensCreate
{
    public static Command Create()
    {
        var roles = Enum.GetValues<Role>().Select(TokenStore.NameOf).ToArray();
        var name = new Option<string>("--name")
        {
            Description = "Who or what will use it.",
            HelpName = "NAME",
            Required = true,
        };
        var role = Inputs.Filter("--role", "ROLE", $"What it may do: {string.Join(", ", roles)}. [default: {roles[0]}]")
            .AcceptOnlyFrom(roles);
        var command = new Command("create", "Makes a token and prints it, this once.")
        {
            name, role, Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            var wanted = new JsonObject
            {
                ["name"] = talk.Parsed.GetRequiredValue(name),
                ["role"] = talk.Parsed.GetValue(role) ?? roles[0],
            };
            var answer = await talk.Api.PostAsync(ApiPath.Of("tokens"), wanted, talk.Ct);
            talk.Show(answer, () =>
            {
                // The token alone on stdout, so that a script can take it from there.
                var made = answer.Root;
                Screen.Note($"Token {made.Text("id")} for {made.Text("name")}, role {made.Text("role")}. Keep it: "
                    + "it cannot be shown again.");
                Screen.Line(made.Text("token"));
            });
            return ExitCode.Fine;
        });
    }
}
