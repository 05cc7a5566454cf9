using System.Text.Json;

namespace Holdfast.EndToEnd.Cli;

public sealed class ServeTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_says_once_where_it_listens_what_it_holds_and_what_to_do_next()
    {
        await using var server = await HoldfastProcess.StartAsync(_directory);

        var line = Assert.Single(
            server.Output.Split('\n'), line => line.Contains("\"Listening on ", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        var message = json.RootElement.GetProperty("Message").GetString();
        var url = server.Url.ToString().TrimEnd('/');
        Assert.StartsWith($"Listening on {url} in test mode, database ", message, StringComparison.Ordinal);
        Assert.Contains("data/holdfast.db, 1 webhook endpoint(s).", message, StringComparison.Ordinal);
        Assert.EndsWith($"stripe listen --forward-to {url}/webhooks/stripe", message, StringComparison.Ordinal);
        Assert.EndsWith("Z", json.RootElement.GetProperty("Timestamp").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_on_sigterm_with_0_and_can_be_started_again()
    {
        await using (var first = await HoldfastProcess.StartAsync(_directory))
        {
            await first.TellAsync("product.created", """{"id":"prod_1","object":"product"}""");
            Assert.Equal(0, await first.StopAsync());
            Assert.Equal("", first.Errors);
        }

        await using var second = await HoldfastProcess.StartAsync(_directory);
        var listed = await second.RunAsync(_directory, "events", "list");
        Assert.Contains("prod_1", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_query_is_ever_logged_even_when_settings_ask_for_it()
    {
        _directory.Write("appsettings.json", """
            {"Logging":{"LogLevel":{"Default":"Trace","Microsoft.AspNetCore":"Trace",
            "Microsoft.AspNetCore.Hosting.Diagnostics":"Trace"},
            "Console":{"LogLevel":{"Default":"Trace","Microsoft.AspNetCore.Hosting.Diagnostics":"Trace"}}}}
            """);
        await using var server = await HoldfastProcess.StartAsync(_directory);

        await server.Http.GetAsync(
            "api/v1/access/check?account=canary%40example.com&feature=x", TestContext.Current.CancellationToken);
        await server.StopAsync();

        Assert.Contains("Listening on", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", server.Output + server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_does_not_tell_which_server_it_is_and_takes_no_oversized_headers()
    {
        await using var server = await HoldfastProcess.StartAsync(_directory);
        using var request = new HttpRequestMessage(HttpMethod.Get, "healthz");
        request.Headers.Add("X-Long", new string('x', 33 * 1024));

        using var plain = await server.Http.GetAsync("healthz", TestContext.Current.CancellationToken);
        using var oversized = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Empty(plain.Headers.Server);
        Assert.Equal(431, (int)oversized.StatusCode);
    }

    [Fact]
    public async Task It_reads_appsettings_of_the_working_directory_and_the_environment_wins()
    {
        _directory.Write("appsettings.json", """{"Holdfast":{"DatabaseUrl":"sqlite:kept/here.db","Mode":"live"}}""");

        await using var server = await HoldfastProcess.StartAsync(_directory);

        Assert.True(File.Exists(_directory.At("kept/here.db")));
        Assert.Contains("in test mode", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_makes_the_database_once_and_needs_no_secret()
    {
        var first = await HoldfastRun.OfAsync(_directory.Path, ["migrate"]);
        var second = await HoldfastRun.OfAsync(_directory.Path, ["migrate"]);

        Assert.Equal((0, "", 0, ""), (first.ExitCode, first.Errors, second.ExitCode, second.Errors));
        Assert.StartsWith("Applied 0001_core.\n", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Applied", second.Output, StringComparison.Ordinal);
        Assert.EndsWith(" 0 of them new.\n", second.Output, StringComparison.Ordinal);
    }
}
