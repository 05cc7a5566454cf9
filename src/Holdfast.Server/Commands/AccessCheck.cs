using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class AccessCheck
{
    public static Command Create()
    {
        var account = Inputs.Text("ACCOUNT", "An account's id, a Stripe customer, your own id, or an e-mail address.");
        var feature = Inputs.Text("FEATURE", "A feature of plans.json.");
        var command = new Command(
            "check", "Says whether an account may use a feature now. Exit code: 0 yes, 1 no, 2 cannot tell.")
        {
            account, feature, Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            try
            {
                var path = ApiPath.Of("access", "check")
                    .With("account", talk.Parsed.GetRequiredValue(account))
                    .With("feature", talk.Parsed.GetRequiredValue(feature));
                var answer = await talk.Api.GetAsync(path, talk.Ct);
                talk.Show(answer, () => Show(answer.Root));
                return Verdict(answer.Root);
            }
            catch (VerbException exception) when (exception.ExitCode is ExitCode.Found)
            {
                // 1 would read as "no", and that was not said.
                throw new VerbException(exception.Message);
            }
        });
    }

    private static int Verdict(JsonElement answer) => answer.Get("allowed").ValueKind switch
    {
        JsonValueKind.True => ExitCode.Fine,
        JsonValueKind.False => ExitCode.Found,
        _ => throw new VerbException("The server's answer says neither yes nor no; it may be of another version."),
    };

    private static void Show(JsonElement answer) => Screen.Fields(
        ("Allowed", answer.IsTrue("allowed") ? "yes" : "no"),
        ("Because", answer.Text("reason")),
        ("Plan", answer.Text("plan")),
        ("Limit", answer.Text("limit")),
        ("Quantity", answer.Text("quantity")),
        ("Until", answer.Moment("until")));
}
