using System.CommandLine;
using System.Globalization;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class AlertsAck
{
    public static Command Create()
    {
        var id = Inputs.Number("ID", "The alert's number, as the list shows it.");
        var command = new Command(
            "ack", "Notes that you have seen an alert; one whose cause cannot pass by itself is over with that.")
        {
            id,
        };
        return command.Asking(async talk =>
        {
            var number = talk.Parsed.GetValue(id).ToString(CultureInfo.InvariantCulture);
            await talk.Api.PostAsync(ApiPath.Of("alerts", number, "ack"), body: null, talk.Ct);
            Screen.Line($"Alert {number} is noted as seen.");
            return ExitCode.Fine;
        });
    }
}
