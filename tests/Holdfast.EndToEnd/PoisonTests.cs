using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed partial class PoisonTests
{
    private const string Poison = "customer.updated";
    private const int Tries = 3;

    private static readonly (string, string)[] Quick =
    [
        ("POISON_TYPE", Poison),
        ("Holdfast__Jobs__Retries__Unexpected__MaxTries", $"{Tries}"),
        ("Holdfast__Jobs__Retries__Unexpected__FirstDelay", "00:00:00.020"),
        ("Holdfast__Jobs__Retries__Unexpected__Factor", "1"),
        ("Holdfast__Jobs__AttemptTimeout", "00:00:00.250"),
        ("Holdfast__Jobs__HangLimit", "00:00:01"),
    ];

    [Theory]
    [InlineData(Engine.Sqlite, "throws")]
    [InlineData(Engine.Sqlite, "hangs")]
    [InlineData(Engine.Postgres, "throws")]
    [InlineData(Engine.Postgres, "hangs")]
    public async Task An_event_that_fails_is_a_dead_letter_after_its_tries_and_its_neighbours_are_applied(
        Engine engine, string effect)
    {
        await using var home = await TestStore.CreateAsync(engine);
        await using var server = await ServerProcess.StartAsync(home.Url, [.. Quick, ("POISON_EFFECT", effect)]);
        await server.DeliverAsync(StripeEvent.Of("evt_poison", Poison));

        // Until one batch held it together with others: only then have its neighbours been put at risk.
        var neighbours = new List<string>();
        await Wait.UntilAsync("the poison has worked among others", async () =>
        {
            string[] more = [.. Enumerable.Range(neighbours.Count, 20).Select(number => $"evt_{number}")];
            neighbours.AddRange(more);
            var poison = StripeEvent.Of($"evt_poison_{neighbours.Count}", Poison);
            var answers = await Task.WhenAll(
                more.Select(id => StripeEvent.Of(id)).Append(poison).Select(server.DeliverAsync));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
            return Among().IsMatch(server.Output);
        });
        await server.SettledAsync();

        foreach (var id in neighbours)
        {
            Assert.Equal("completed", await server.JobStateAsync(id));
        }

        var letter = await server.GetAsync($"/api/v1/dead-letters/{await LetterAsync(server, "evt_poison")}");
        Assert.Equal(Tries, letter.GetProperty("history").GetArrayLength());
        Assert.Contains(
            effect is "throws" ? "This event cannot be applied." : "did not end within the attempt's time limit",
            letter.GetProperty("error").GetString(),
            StringComparison.Ordinal);
        var customer = await server.CallAsync(HttpMethod.Get, "/api/v1/objects/customer/cus_evt_poison");
        Assert.Equal(HttpStatusCode.NotFound, customer.Status);
    }

    [Theory, EveryEngine]
    public async Task Many_events_that_hang_and_are_each_given_up_do_not_take_the_process_down(Engine engine)
    {
        // Together they hang for longer than one may without being given up.
        await using var home = await TestStore.CreateAsync(engine);
        await using var server = await ServerProcess.StartAsync(home.Url, [.. Quick, ("POISON_EFFECT", "hangs")]);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(
            number => server.DeliverAsync(StripeEvent.Of($"evt_{number}", Poison))));

        await server.SettledAsync();

        Assert.False(server.HasExited);
        Assert.Equal(10, (await server.GetAsync("/api/v1/dead-letters")).GetProperty("data").GetArrayLength());
    }

    [Theory]
    [InlineData(Engine.Sqlite, "loops", 70)]
    [InlineData(Engine.Sqlite, "kills", 137)]
    [InlineData(Engine.Postgres, "loops", 70)]
    [InlineData(Engine.Postgres, "kills", 137)]
    public async Task An_event_that_takes_the_process_down_is_a_dead_letter_after_three_restarts_at_most(
        Engine engine, string effect, int code)
    {
        await using var home = await TestStore.CreateAsync(engine);
        await using var supervisor = Supervisor.Start(
            home.Url, [.. Quick, ("POISON_EFFECT", effect), ("Holdfast__Jobs__AttemptTimeout", "00:01:00")]);
        await supervisor.DeliverAsync(StripeEvent.Of("evt_before"));
        await supervisor.DeliverAsync(StripeEvent.Of("evt_poison", Poison));

        // Stripe goes on delivering while the server comes and goes. A server that has met the poison may be about to end.
        var neighbours = new List<string> { "evt_before" };
        await Wait.UntilAsync("the poison is a dead letter", async () =>
        {
            var id = $"evt_{neighbours.Count}";
            neighbours.Add(id);
            await supervisor.DeliverAsync(StripeEvent.Of(id));
            return !supervisor.Server.Output.Contains("The poison works", StringComparison.Ordinal)
                && await supervisor.DeadAsync() is 1;
        });

        Assert.InRange(supervisor.ExitCodes.Count, 1, 3);
        Assert.All(supervisor.ExitCodes, ended => Assert.Equal(code, ended));
        await supervisor.Server.SettledAsync();
        foreach (var id in neighbours)
        {
            Assert.Equal("completed", await supervisor.Server.JobStateAsync(id));
        }

        var letter = await LetterAsync(supervisor.Server, "evt_poison");
        var dead = await supervisor.Server.GetAsync($"/api/v1/dead-letters/{letter}");
        Assert.Contains("process died", dead.GetProperty("error").GetString(), StringComparison.Ordinal);

        // Stripe delivers again what a dying process never answered; only a person puts such an event back.
        var again = await supervisor.Server.DeliverAsync(StripeEvent.Of("evt_poison", Poison));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal("dead", await supervisor.Server.JobStateAsync("evt_poison"));
    }

    /// <remarks>Where work waits for the store by itself, it can be cut off, and would keep a processor for ever.</remarks>
    [Fact]
    public async Task A_loop_that_was_cut_off_at_its_time_limit_ends_the_process_all_the_same()
    {
        await using var home = await TestStore.CreateAsync(Engine.Postgres);
        await using var server = await ServerProcess.StartAsync(home.Url, [.. Quick, ("POISON_EFFECT", "loops")]);

        await server.DeliverAsync(StripeEvent.Of("evt_poison", Poison));

        Assert.Equal(70, await server.ExitAsync());
        Assert.Contains("The operation has timed out", server.Output, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_redelivered_dead_event_is_acknowledged_and_put_back(Engine engine)
    {
        await using var home = await TestStore.CreateAsync(engine);
        await using (var server = await DeadAsync(home, "evt_1"))
        {
            Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(StripeEvent.Of("evt_1", Poison))).Status);
            await Wait.UntilAsync(
                "it was tried anew, and is dead again", async () => await AttemptsAsync(server, "evt_1") is 2 * Tries);
        }

        // Mended: the server runs without the poison.
        await using var mended = await ServerProcess.StartAsync(home.Url);
        Assert.Equal("dead", await mended.JobStateAsync("evt_1"));
        Assert.Equal(HttpStatusCode.OK, (await mended.DeliverAsync(StripeEvent.Of("evt_1", Poison))).Status);
        await mended.JobStateIsAsync("evt_1", "completed");
        Assert.Equal(0, await mended.StopAsync());
        using var kept = home.Look();
        kept.AssertAppliedOnce();
    }

    [Theory, EveryEngine]
    public async Task A_dead_letter_is_replayed_over_the_api_once_its_cause_is_mended(Engine engine)
    {
        await using var home = await TestStore.CreateAsync(engine);
        await (await DeadAsync(home, "evt_1")).DisposeAsync();

        await using var mended = await ServerProcess.StartAsync(home.Url);
        var letter = await LetterAsync(mended, "evt_1");
        var replayed = await mended.CallAsync(HttpMethod.Post, $"/api/v1/dead-letters/{letter}/replay");
        Assert.Equal(HttpStatusCode.Accepted, replayed.Status);
        await mended.JobStateIsAsync("evt_1", "completed");
        Assert.Equal(0, (await mended.GetAsync("/api/v1/dead-letters")).GetProperty("data").GetArrayLength());
        Assert.Equal(0, await mended.StopAsync());
        using var kept = home.Look();
        kept.AssertAppliedOnce();
    }

    [Theory, EveryEngine]
    public async Task A_dead_letter_is_dismissed_over_the_api_with_a_reason_and_then_stays_closed(Engine engine)
    {
        await using var home = await TestStore.CreateAsync(engine);
        await using var server = await DeadAsync(home, "evt_1");
        var path = $"/api/v1/dead-letters/{await LetterAsync(server, "evt_1")}";

        var unreasoned = await server.CallAsync(HttpMethod.Post, $"{path}/dismiss", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, unreasoned.Status);
        var dismissed = await server.CallAsync(HttpMethod.Post, $"{path}/dismiss", """{"reason":"a test customer"}""");
        Assert.Equal(HttpStatusCode.OK, dismissed.Status);
        Assert.Equal("dismissed", await server.JobStateAsync("evt_1"));
        Assert.Equal(HttpStatusCode.NotFound, (await server.CallAsync(HttpMethod.Post, $"{path}/replay")).Status);

        // A person has decided: Stripe's next delivery does not open it again.
        Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(StripeEvent.Of("evt_1", Poison))).Status);
        Assert.Equal("dismissed", await server.JobStateAsync("evt_1"));
    }

    private static async Task<ServerProcess> DeadAsync(TestStore home, string eventId)
    {
        var server = await ServerProcess.StartAsync(home.Url, [.. Quick, ("POISON_EFFECT", "throws")]);
        await server.DeliverAsync(StripeEvent.Of(eventId, Poison));
        await server.JobStateIsAsync(eventId, "dead");
        return server;
    }

    private static async Task<int> AttemptsAsync(ServerProcess server, string eventId) =>
        await server.JobStateAsync(eventId) is "dead"
            ? (await server.GetAsync($"/api/v1/events/{eventId}")).GetProperty("attempts").GetArrayLength()
            : 0;

    private static async Task<string> LetterAsync(ServerProcess server, string eventId)
    {
        var list = await server.GetAsync("/api/v1/dead-letters");
        JsonElement[] letters = [.. list.GetProperty("data").EnumerateArray()];
        var found = Assert.Single(letters, letter => letter.GetProperty("event").GetString() == eventId);
        return found.GetProperty("id").GetString()!;
    }

    [GeneratedRegex(@"The poison works among ([2-9]|\d{2,})\.")]
    private static partial Regex Among();
}
