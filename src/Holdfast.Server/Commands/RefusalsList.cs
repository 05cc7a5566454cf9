using System.CommandLine;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class RefusalsList
{
    private static readonly string[] Headings = ["AT", "ENDPOINT", "CAUSE", "FROM", "CORRELATION", "FACTS"];

    public static Command Create()
    {
        var cause = Inputs.Filter("--cause", "CAUSE", "Only deliveries that were refused for this.");
        var endpoint = Inputs.Filter("--endpoint", "NAME", "Only deliveries to this endpoint.");
        var page = new PageOptions();
        var command = new Command("list", "Lists refused deliveries, newest first, and what is probably wrong.")
        {
            cause, endpoint,
        };
        page.AddTo(command);
        return command.Asking(async talk =>
        {
            var path = ApiPath.Of("refusals")
                .With("cause", talk.Parsed.GetValue(cause))
                .With("endpoint", talk.Parsed.GetValue(endpoint));
            var answer = await talk.Api.GetAsync(page.Of(path, talk.Parsed), talk.Ct);
            talk.Show(answer, () =>
            {
                PageOptions.Show(answer.Root, "No delivery was refused.", Headings, one =>
                [
                    one.Moment("at"),
                    one.Text("endpoint"),
                    one.Text("cause"),
                    one.Text("remote_address"),
                    one.Text("correlation_id"),
                    string.Join(", ", one.Members("facts").Select(fact => $"{fact.Name}={fact.Value}")),
                ]);
                if (answer.Root.Text("hint") is { Length: > 0 } hint)
                {
                    Screen.Note($"Hint: {hint}");
                }
            });
            return ExitCode.Fine;
        });
    }
}
