using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Holdfast.EndToEnd.Cli;

/// <summary>The simulated Stripe as people and other languages run it.</summary>
public sealed class SimulateTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_says_where_it_listens_what_it_sends_and_at_the_end_what_came_of_it()
    {
        using var simulate = Start("--webhook", "http://127.0.0.1:1/hook", "--secret", "whsec_of_this_test");
        var url = await UrlAsync(simulate);
        Assert.Contains("sk_test_", await LineAsync(simulate), StringComparison.Ordinal);
        Assert.Contains("signed with whsec_of_this_test", await LineAsync(simulate), StringComparison.Ordinal);

        await AddCustomerAsync(url);

        Assert.Matches("customer.created +evt_[0-9A-Za-z]+  ConnectionError", await LineAsync(simulate));
        Assert.Equal("Stopped. Deliveries made: 1, answered 2xx: 0.\n", await StopAsync(simulate));
    }

    [Fact]
    public async Task An_endpoint_that_is_given_up_is_said_to_be()
    {
        using var simulate = Start("--webhook", "http://127.0.0.1:1/hook");
        var url = await UrlAsync(simulate);
        await AddCustomerAsync(url);
        await UntilAsync(simulate, "ConnectionError");
        await AdvanceAsync(url, TimeSpan.FromDays(9));
        await AddCustomerAsync(url);

        await UntilAsync(simulate, "is disabled, and is sent nothing more");
        await StopAsync(simulate);
    }

    [Fact]
    public async Task A_world_that_was_saved_is_gone_on_with()
    {
        using var first = Start("--save", "world.json");
        await AddCustomerAsync(await UrlAsync(first));
        Assert.Contains("Saved in world.json.", await StopAsync(first), StringComparison.Ordinal);

        using var second = Start("--load", "world.json", "--save", "world.json");
        using var http = new HttpClient();
        var told = await http.GetStringAsync(
            new Uri(await UrlAsync(second), "/_simulator/told"), TestContext.Current.CancellationToken);
        await StopAsync(second);

        var one = Assert.Single(JsonNode.Parse(told)!["data"]!.AsArray())!;
        Assert.Equal("ada@example.com", (string?)one["object"]!["email"]);
        Assert.Null(one["told"]);
        Assert.Equal(["world.json"], _directory.Contents().Keys);
    }

    [Fact]
    public async Task A_world_that_was_saved_has_its_version_and_its_endpoints_and_gets_none_twice()
    {
        string[] webhook = ["--webhook", "http://127.0.0.1:1/hook"];
        using var first = Start([.. webhook, "--version", "2025-03-31.basil", "--save", "world.json"]);
        await UntilAsync(first, "Ctrl-C");
        var announced = await LineAsync(first);
        await StopAsync(first);

        using var second = Start([.. webhook, "--load", "world.json"]);
        Assert.EndsWith("API version 2025-03-31.basil.", await LineAsync(second), StringComparison.Ordinal);
        await UntilAsync(second, "Ctrl-C");
        Assert.Equal(announced, await LineAsync(second));
        Assert.Equal("Stopped. Deliveries made: 0, answered 2xx: 0.\n", await StopAsync(second));
    }

    [Theory]
    [InlineData("is no version", "--version", "newest")]
    [InlineData("is no URL", "--webhook", "ftp://example.com")]
    [InlineData("name both", "--secret", "whsec_x")]
    [InlineData("--secret is empty", "--webhook", "http://127.0.0.1:1/", "--secret", "")]
    [InlineData("is one of renewal, ", "--scenario", "renewals")]
    [InlineData("is one of calm, mild, rough", "--weather", "stormy")]
    [InlineData("nothing.json cannot be used", "--load", "nothing.json")]
    [InlineData("nowhere/world.json cannot be used", "--save", "nowhere/world.json")]
    [InlineData("it is a directory", "--save", ".")]
    [InlineData("leave --version, --seed and --weather out", "--load", "world.json", "--weather", "rough")]
    [InlineData("of a --scenario; name one", "--customers", "3")]
    [InlineData("of storm alone", "--scenario", "renewal", "--rate", "3")]
    [InlineData("no --customers", "--scenario", "storm", "--customers", "3")]
    public async Task What_cannot_be_is_said_in_a_sentence(string sentence, params string[] arguments)
    {
        var run = await HoldfastRun.OfAsync(_directory.Path, ["simulate", "--port", "0", .. arguments]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    private Process Start(params string[] arguments) =>
        HoldfastBinary.Start(_directory.Path, ["simulate", "--port", "0", .. arguments], []);

    private static async Task<string> LineAsync(Process simulate) =>
        await simulate.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
        ?? throw new InvalidOperationException(await simulate.StandardError.ReadToEndAsync());

    /// <summary>From the first line: "… listens on http://127.0.0.1:12111, API version …".</summary>
    private static async Task<Uri> UrlAsync(Process simulate) =>
        new((await LineAsync(simulate)).Split(" listens on ")[1].Split(',')[0]);

    private static async Task UntilAsync(Process simulate, string words)
    {
        while (!(await LineAsync(simulate)).Contains(words, StringComparison.Ordinal))
        {
        }
    }

    private static Task AddCustomerAsync(Uri url) => PostAsync(new(url, "/v1/customers"), "email=ada@example.com");

    private static Task AdvanceAsync(Uri url, TimeSpan span) => PostAsync(
        new(url, "/_simulator/advance"), string.Create(CultureInfo.InvariantCulture, $"seconds={span.TotalSeconds}"));

    private static async Task PostAsync(Uri url, string form)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.Authorization = new("Bearer", "sk_test_of_this_test");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <returns>What it wrote since.</returns>
    private static async Task<string> StopAsync(Process simulate)
    {
        using (var kill = Process.Start("kill", ["-TERM", simulate.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var written = await simulate.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await simulate.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, simulate.ExitCode);
        return written;
    }
}
