using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class DeadList
{
    private static readonly string[] Headings =
        ["ID", "EVENT", "TYPE", "ATTEMPTS", "LAST", "MONEY (MINOR UNITS)", "FINGERPRINT", "ERROR"];

    public static Command Create()
    {
        var kind = Inputs.Filter("--kind", "KIND", "Only letters of this kind of work, such as event.");
        var fingerprint = Inputs.Filter("--fingerprint", "F", "Only letters that failed in this way.");
        var page = new PageOptions();
        var command = new Command("list", "Lists dead letters, newest first.") { kind, fingerprint };
        page.AddTo(command);
        return command.Asking(async talk =>
        {
            var path = ApiPath.Of("dead-letters")
                .With("kind", talk.Parsed.GetValue(kind))
                .With("fingerprint", talk.Parsed.GetValue(fingerprint));
            var answer = await talk.Api.GetAsync(page.Of(path, talk.Parsed), talk.Ct);
            talk.Show(answer, () => PageOptions.Show(answer.Root, "No dead letter matches.", Headings, one =>
            [
                one.Text("id"),
                one.Text("event"),
                one.Text("event_type"),
                one.Text("attempts"),
                one.Moment("last_at"),
                Money(one),
                one.Text("fingerprint"),
                one.Text("error"),
            ]));
            return ExitCode.Fine;
        });
    }

    /// <summary>As Stripe counts: in cents where the currency has any.</summary>
    internal static string Money(JsonElement letter) =>
        $"{letter.Get("money").Text("amount")} {letter.Get("money").Text("currency")}".Trim();
}
