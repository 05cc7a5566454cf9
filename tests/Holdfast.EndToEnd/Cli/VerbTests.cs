using System.Text.Json;

namespace Holdfast.EndToEnd.Cli;

/// <summary>Verbs against a running server.</summary>
public sealed class VerbTests(ServedDirectory served) : IClassFixture<ServedDirectory>
{
    private const string HostileName = "Eve \\u001b[31m[red]\\u009b2J\\u202e\\u0007\\nfake line";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Json_is_exactly_what_the_api_answers()
    {
        var id = await served.Server.TellAsync(
            "product.created", """{"id":"prod_1","object":"product","name":"Ärger ☂"}""");

        var run = await served.RunAsync("events", "show", id, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(await served.Server.Http.GetStringAsync($"api/v1/events/{id}", None) + "\n", run.Output);
    }

    [Fact]
    public async Task Events_are_listed_a_line_each_with_times_in_utc()
    {
        var id = await served.Server.TellAsync("plan.created", """{"id":"plan_1","object":"plan"}""");

        var run = await served.RunAsync("events", "list", "--type", "plan.created");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(
            $@"^{id}  plan\.created  plan_1  completed  \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ  \S+Z  1$", lines[1]);
    }

    [Fact]
    public async Task A_list_that_goes_on_says_how()
    {
        await served.Server.TellAsync("coupon.created", """{"id":"c_1","object":"coupon"}""");
        await served.Server.TellAsync("coupon.created", """{"id":"c_2","object":"coupon"}""");

        var first = await served.RunAsync("events", "list", "--type", "coupon.created", "--limit", "1");
        var cursor = first.Errors.TrimEnd().Split(' ')[^1];
        var second = await served.RunAsync(
            "events", "list", "--type", "coupon.created", "--limit", "1", "--cursor", cursor);

        Assert.Contains("c_2", first.Output, StringComparison.Ordinal);
        Assert.Equal($"There are more: add --cursor {cursor}\n", first.Errors);
        Assert.Contains("c_1", second.Output, StringComparison.Ordinal);
        Assert.Equal("", second.Errors);
    }

    [Fact]
    public async Task What_a_stranger_wrote_shows_and_does_not_act()
    {
        var id = await served.Server.TellAsync(
            "customer.created", $$"""{"id":"cus_eve","object":"customer","email":null,"name":"{{HostileName}}"}""");

        var shown = await served.RunAsync("events", "show", id);
        var json = await served.RunAsync("events", "show", id, "--json");

        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("[red]", shown.Output, StringComparison.Ordinal);
        Assert.Contains("\\u001b[31m", shown.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(shown.Output, letter => letter is '\u202e' || Acts(letter));
        Assert.DoesNotContain(json.Output, Acts);
        Assert.DoesNotContain(shown.Output.Split('\n'), line => line.Contains("fake line", StringComparison.Ordinal)
            && !line.Contains("Eve", StringComparison.Ordinal));

        static bool Acts(char letter) => char.IsControl(letter) && letter is not '\n';
    }

    [Fact]
    public async Task What_a_stranger_wrote_into_a_table_stays_in_its_cell()
    {
        using var answer = await served.Server.Http.PostAsync(
            "webhooks/stripe/x%1B%5B2J%5Bbold%5D%E2%80%AE%0Aforged", content: null, None);

        var run = await served.RunAsync("refusals", "list", "--limit", "1");

        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("x\\u001b[2J[bold]\\u202e\\u000aforged", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("events", "show", "evt_unknown")]
    [InlineData("events", "replay", "evt_unknown")]
    [InlineData("dead", "show", "job_999999")]
    [InlineData("dead", "replay", "job_999999")]
    [InlineData("accounts", "show", "cus_unknown")]
    [InlineData("tokens", "revoke", "999999")]
    [InlineData("alerts", "ack", "999999")]
    public async Task An_id_that_nothing_has_exits_1_and_is_named(string group, string verb, string id)
    {
        var run = await served.RunAsync(group, verb, id);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(id, run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_wrong_token_is_told_apart_from_none()
    {
        var url = ("HOLDFAST_SERVER", (string?)served.Server.Url.ToString());

        var wrong = await HoldfastRun.OfAsync(
            served.Directory.Path, ["stats"], url, ("HOLDFAST_API_TOKEN", "hf_mistyped"));
        var none = await HoldfastRun.OfAsync(served.Directory.Path, ["stats"], url);

        Assert.Equal((2, 2), (wrong.ExitCode, none.ExitCode));
        Assert.Contains("does not know the token in HOLDFAST_API_TOKEN", wrong.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_mistyped", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("wants a token. Set HOLDFAST_API_TOKEN", none.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_works_from_its_making_to_its_revocation_within_its_role()
    {
        var made = await served.RunAsync("tokens", "create", "--name", "a script", "--role", "viewer");
        Assert.Equal(0, made.ExitCode);
        Assert.Matches("^hf_[0-9a-f]{64}\n$", made.Output);
        var number = made.Errors.Split(' ')[1];
        var asScript = new (string, string?)[]
        {
            ("HOLDFAST_SERVER", served.Server.Url.ToString()), ("HOLDFAST_API_TOKEN", made.Output.Trim()),
        };

        var looks = await HoldfastRun.OfAsync(served.Directory.Path, ["stats"], asScript);
        var overreaches = await HoldfastRun.OfAsync(served.Directory.Path, ["tokens", "list"], asScript);
        var listed = await served.RunAsync("tokens", "list");
        var revoked = await served.RunAsync("tokens", "revoke", number);
        var afterwards = await HoldfastRun.OfAsync(served.Directory.Path, ["stats"], asScript);

        Assert.Equal((0, 2, 0, 2), (looks.ExitCode, overreaches.ExitCode, revoked.ExitCode, afterwards.ExitCode));
        Assert.Contains("The role of this token does not allow this.", overreaches.Errors, StringComparison.Ordinal);
        Assert.Contains("a script  viewer", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Output.Trim(), listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_is_answered_by_the_exit_code()
    {
        await served.Server.TellAsync(
            "customer.created", """{"id":"cus_ada","object":"customer","email":"ada@example.com","metadata":{}}""");
        await served.Server.TellAsync("customer.subscription.created", Subscription("sub_ada", "cus_ada", "active"));

        var allowed = await served.RunAsync("access", "check", "ada@example.com", "export");
        var other = await served.RunAsync("access", "check", "cus_ada", "teleport");
        var stranger = await served.RunAsync("access", "check", "cus_nobody", "export");
        var json = await served.RunAsync("access", "check", "cus_ada", "seats", "--json");
        var shown = await served.RunAsync("accounts", "show", "cus_ada");

        Assert.Equal((0, 1, 1, 0), (allowed.ExitCode, other.ExitCode, stranger.ExitCode, json.ExitCode));
        Assert.Matches(@"^Allowed\s+yes\n", allowed.Output);
        Assert.Matches(@"^Allowed\s+no\n", stranger.Output);
        using var answer = JsonDocument.Parse(json.Output);
        Assert.Equal(3, answer.RootElement.GetProperty("limit").GetInt32());
        Assert.Matches(@"Customers\s+cus_ada\n", shown.Output);
        Assert.Matches(@"\npro\s+yes\s+active\s+3", shown.Output);
    }

    [Fact]
    public async Task A_rehearsed_replay_tells_and_a_real_one_puts_the_event_back()
    {
        var id = await served.Server.TellAsync(
            "product.updated", """{"id":"prod_2","object":"product","name":"Two"}""");

        var rehearsed = await served.RunAsync("events", "replay", id, "--dry-run");
        var replayed = await served.RunAsync("events", "replay", id);

        Assert.Equal((0, 0), (rehearsed.ExitCode, replayed.ExitCode));
        Assert.Matches(@"Would change\s+nothing", rehearsed.Output);
        Assert.Equal($"{id} is waiting again and will be applied in a moment.\n", replayed.Output);
    }

    [Fact]
    public async Task A_refused_delivery_is_listed_with_its_cause()
    {
        using var answer = await served.Server.DeliverAsync(
            """{"id":"evt_forged","object":"event"}""", "whsec_not_ours");
        Assert.False(answer.IsSuccessStatusCode);

        var run = await served.RunAsync("refusals", "list", "--limit", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("default", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_Stripe_are_listed_by_a_status_that_there_is()
    {
        var none = await served.RunAsync("calls", "list", "--status", "5xx");
        var misspelt = await served.RunAsync("calls", "list", "--status", "teapot");

        Assert.Equal((0, 2), (none.ExitCode, misspelt.ExitCode));
        Assert.Contains("2xx", misspelt.Errors, StringComparison.Ordinal);
    }

    internal static string Subscription(string id, string customer, string status) =>
        $$"""
        {"id":"{{id}}","object":"subscription","customer":"{{customer}}","status":"{{status}}","created":1700000000,
        "items":{"object":"list","has_more":false,"data":[{"id":"si_1","object":"subscription_item","quantity":3,
        "current_period_end":4102444800,"price":{"id":"price_pro","object":"price","product":"prod_pro"} }] } }
        """;
}
