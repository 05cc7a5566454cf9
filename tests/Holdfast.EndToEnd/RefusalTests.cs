using System.Net;
using System.Text;
using System.Text.Json;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed class RefusalTests
{
    [Fact]
    public async Task Refusals_are_listed_with_their_causes_and_the_most_common_one_is_explained()
    {
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(home.Url);
        var body = StripeEvent.Of("evt_1");
        await server.DeliverAsync(body, "t=nonsense");
        var anHourAgo = DateTimeOffset.UtcNow.AddHours(-1);
        await server.DeliverAsync(body, StripeEvent.Sign(body, ServerProcess.Secret, anHourAgo));
        await server.DeliverAsync(body, StripeEvent.Sign(body, ServerProcess.Secret), "/webhooks/stripe/nobodys");
        Assert.Equal(JsonValueKind.Null, (await server.GetAsync("/api/v1/refusals")).GetProperty("hint").ValueKind);

        var other = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(body).Replace("\"livemode\":false", "\"livemode\":true", StringComparison.Ordinal));
        for (var times = 0; times < 7; times++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await server.DeliverAsync(other)).Status);
        }

        var list = await server.GetAsync("/api/v1/refusals");
        var causes = list.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("cause").GetString());
        Assert.Equal(
            [.. Enumerable.Repeat("wrong_mode", 7), "unknown_endpoint", "too_old", "malformed_header"], causes);
        Assert.Contains("HOLDFAST_MODE", list.GetProperty("hint").GetString(), StringComparison.Ordinal);
        var counts = (await server.GetAsync("/api/v1/stats")).GetProperty("refused_by_cause");
        Assert.Equal(7, counts.GetProperty("wrong_mode").GetInt64());
    }

    [Fact]
    public async Task Odd_but_sound_bodies_are_kept_byte_for_byte()
    {
        Dictionary<string, byte[]> bodies = new()
        {
            ["evt_proto"] = StripeEvent.Of("evt_proto", more: ",\"__proto__\":{\"livemode\":true},\"constructor\":1"),
            ["evt_null"] = StripeEvent.Of("evt_null", more: ",\"name\":\"\\u0000 \\ud83d\\ude00 \u202e\""),
            ["evt_huge"] = StripeEvent.Of("evt_huge", more: $",\"description\":\"{new string('é', 400_000)}\""),
            ["evt_number"] = StripeEvent.Of("evt_number", more: ",\"big\":1234567890123456789090,\"small\":1e-400"),
            ["evt_space"] = [.. "\r\n\t "u8, .. StripeEvent.Of("evt_space"), .. " \r\n"u8],
        };
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(home.Url);
        foreach (var body in bodies.Values)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(body)).Status);
        }

        await server.SettledAsync();
        Assert.Equal(0, await server.StopAsync());
        using var kept = new KeptFile(home.Database);
        foreach (var (id, body) in bodies)
        {
            Assert.Equal(body, Assert.Single(kept.Ask<byte[]>($"select body from events where event_id = '{id}'")));
        }

        kept.AssertAppliedOnce();
    }
}
