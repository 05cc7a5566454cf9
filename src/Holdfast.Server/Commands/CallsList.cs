using System.CommandLine;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class CallsList
{
    private static readonly string[] Headings =
        ["AT", "CALL", "STATUS", "FAILURE", "MS", "ATTEMPT", "LANE", "CAUSE", "REQUEST"];

    public static Command Create()
    {
        var cause = Inputs.Filter("--cause", "CAUSE", "Only calls made for this: an event's id, an order's.");
        var status = Inputs.Filter("--status", "CLASS", "Only 2xx, 3xx, 4xx or 5xx; none where there was no answer.");
        var request = Inputs.Filter("--request", "REQ", "Only the one that Stripe calls so.");
        var page = new PageOptions();
        var command = new Command("list", "Lists the calls of Stripe's API, newest first: each attempt of each is one.")
        {
            cause, status, request,
        };
        page.AddTo(command);
        return command.Asking(async talk =>
        {
            var path = ApiPath.Of("calls")
                .With("cause", talk.Parsed.GetValue(cause))
                .With("status", talk.Parsed.GetValue(status))
                .With("request_id", talk.Parsed.GetValue(request));
            var answer = await talk.Api.GetAsync(page.Of(path, talk.Parsed), talk.Ct);
            talk.Show(answer, () => PageOptions.Show(answer.Root, "Stripe was not called.", Headings, one =>
            [
                one.Moment("at"),
                $"{one.Text("method")} {one.Text("path")}",
                one.Text("status"),
                one.Text("failure"),
                one.Text("duration_ms"),
                one.Text("attempt"),
                one.Text("lane"),
                one.Text("cause"),
                one.Text("request_id"),
            ]));
            return ExitCode.Fine;
        });
    }
}
