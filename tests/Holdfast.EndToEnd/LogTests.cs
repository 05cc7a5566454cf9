using System.Net;
using System.Text;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed class LogTests
{
    private const string Email = "canary@private.example";
    private const string Name = "Canary Personsdottir";
    private const string Card = "4000056655665556";
    private const string Guess = "hf_canary_of_a_wrong_token";
    private const string Query = "canary_in_a_query";
    private const string Mac = "ca9a7700000000000000000000000000000000000000000000000000000000ff";
    private const string Agent = "canary-agent/1.0";

    [Fact]
    public async Task Nothing_secret_or_personal_reaches_the_logs_or_the_lists_of_the_api()
    {
        const string Person = $$""","email":"{{Email}}","name":"{{Name}}","metadata":{"card":"{{Card}}"}""";
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(
            home.Url,
            ("Logging__LogLevel__Holdfast", "Debug"),
            ("POISON_TYPE", "customer.updated"),
            ("POISON_EFFECT", "throws"),
            ("Holdfast__Jobs__Retries__Unexpected__MaxTries", "1"));

        // Taken in, taken in again with another object, dead by an exception, and dead because it cannot be read.
        var stored = await DeliverAsync(server, StripeEvent.Of("evt_1", more: Person));
        Assert.Equal(HttpStatusCode.OK, stored.Status);
        await DeliverAsync(server, StripeEvent.Of("evt_1", more: $"{Person},\"balance\":1"));
        await DeliverAsync(server, StripeEvent.Of("evt_2", "customer.updated", Person));
        var unreadable = Encoding.UTF8.GetString(StripeEvent.Of("evt_3", more: Person))
            .Replace("\"object\":\"customer\"", "\"object\":\"subscription\"", StringComparison.Ordinal);
        await DeliverAsync(server, Encoding.UTF8.GetBytes(unreadable));
        await server.SettledAsync();
        Assert.Equal("dead", await server.JobStateAsync("evt_2"));
        Assert.Equal("dead", await server.JobStateAsync("evt_3"));

        // Refused: forged, not an event, and not even JSON.
        await server.DeliverAsync(StripeEvent.Of("evt_4", more: Person), $"t=1767225600,v1={Mac}");
        await DeliverAsync(server, Encoding.UTF8.GetBytes($$"""{"id":"evt_5","object":"event"{{Person}}}"""));
        await DeliverAsync(server, Encoding.UTF8.GetBytes($"{{ {Email} {Name} {Card}"));
        var guessed = await server.CallAsync(HttpMethod.Get, $"/api/v1/stats?q={Query}", token: Guess);
        Assert.Equal(HttpStatusCode.Unauthorized, guessed.Status);

        var lists = "";
        foreach (var path in (string[])["refusals", "alerts", "stats", "dead-letters", "events"])
        {
            lists += await server.CallAsync(HttpMethod.Get, $"/api/v1/{path}?limit=100");
        }

        Assert.Equal(0, await server.StopAsync());
        string[] canaries =
            [ServerProcess.Secret, ServerProcess.AdminToken, Email, Name, Card, Guess, Query, Mac, Agent];
        foreach (var canary in canaries)
        {
            Assert.DoesNotContain(canary, server.Output, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(canary, lists, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task One_correlation_id_follows_a_delivery_from_its_answer_through_storing_to_applying()
    {
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(
            home.Url, ("Logging__LogLevel__Holdfast", "Debug"));
        var answer = await server.DeliverAsync(StripeEvent.Of("evt_1"));
        await server.SettledAsync();
        Assert.Equal(0, await server.StopAsync());

        var correlation = answer.Headers["Holdfast-Correlation-Id"];
        string[] lines =
            [.. server.Output.Split('\n').Where(line => line.Contains(correlation, StringComparison.Ordinal))];
        Assert.Single(lines, line => line.Contains("Storing evt_1", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("Applying evt_1", StringComparison.Ordinal));
    }

    private static Task<Answer> DeliverAsync(ServerProcess server, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, $"/webhooks/stripe?token={Query}"))
        {
            Content = new ByteArrayContent(body),
        };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", StripeEvent.Sign(body, ServerProcess.Secret));
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Guess}");
        request.Headers.TryAddWithoutValidation("Cookie", $"session={Guess}");
        return server.SendAsync(request);
    }
}
