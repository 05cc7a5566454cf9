using System.CommandLine;
using System.Globalization;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class TokensRevoke
{
    public static Command Create()
    {
        var id = Inputs.Number("ID", "The token's number, as the list shows it.");
        var command = new Command("revoke", "Revokes a token at once.") { id };
        return command.Asking(async talk =>
        {
            var number = talk.Parsed.GetValue(id).ToString(CultureInfo.InvariantCulture);
            await talk.Api.DeleteAsync(ApiPath.Of("tokens", number), talk.Ct);
            Screen.Line($"Token {number} is revoked.");
            return ExitCode.Fine;
        });
    }
}
