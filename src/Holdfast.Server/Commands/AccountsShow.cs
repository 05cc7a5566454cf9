using System.CommandLine;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

internal static class AccountsShow
{
    private static readonly string[] Headings = ["PLAN", "GRANTS", "STATUS", "QUANTITY", "UNTIL", "SOURCE", "WHY NOT"];

    public static Command Create()
    {
        var id = Inputs.Text("ID", "An account's id, a Stripe customer, your own id, or an e-mail address.");
        var command = new Command("show", "Shows an account, its Stripe customers, and the plans it holds.")
        {
            id, Conversation.JsonOption(),
        };
        return command.Asking(async talk =>
        {
            var named = talk.Parsed.GetRequiredValue(id);
            var answer = await talk.Api.GetAsync(ApiPath.Of("accounts", named), talk.Ct);
            if (talk.WantsJson)
            {
                Screen.Json(answer);
                return ExitCode.Fine;
            }

            var path = ApiPath.Of("accounts", answer.Root.Text("id"), "access")
                .With("stripe_account", answer.Root.Text("stripe_account") is { Length: > 0 } other ? other : null);
            Show(answer.Root, (await talk.Api.GetAsync(path, talk.Ct)).Root);
            return ExitCode.Fine;
        });
    }

    private static void Show(JsonElement account, JsonElement grants)
    {
        Screen.Fields(
            ("Account", account.Text("id")),
            ("Your id", account.Text("reference")),
            ("Mode", account.IsTrue("livemode") ? "live" : "test"),
            ("Stripe account", account.Text("stripe_account")),
            ("Since", account.Moment("created_at")),
            ("Customers", string.Join(", ", account.Items("customers").Select(customer => customer.GetString()))));
        Screen.Line("");
        PageOptions.Show(grants, "It holds no plan.", Headings, grant =>
        [
            grant.Text("plan"),
            grant.IsTrue("grants") ? "yes" : "no",
            grant.Text("status"),
            grant.Text("quantity"),
            grant.Moment("until"),
            grant.Text("source"),
            grant.Text("why_not"),
        ]);
    }
}
