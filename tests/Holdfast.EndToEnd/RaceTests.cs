using System.Net;

namespace Holdfast.EndToEnd;

[Collection(ServerTests.Name)]
public sealed class RaceTests
{
    private const int Racers = 32;

    // How long a delivery may wait is another matter, and depends on the machine.
    private static readonly (string, string) Patient = ("Holdfast__Ingest__AnswerWithin", "00:00:10");

    [Theory, EveryEngine]
    public async Task An_event_that_32_senders_deliver_at_once_is_acknowledged_to_each_and_stored_once(Engine engine)
    {
        await using var home = await TestStore.CreateAsync(engine);
        await using var server = await ServerProcess.StartAsync(home.Url, Patient);
        var body = StripeEvent.Of("evt_race");

        var answers = await Task.WhenAll(Enumerable.Range(0, Racers).Select(_ => server.DeliverAsync(body)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(Racers, (await server.GetAsync("/api/v1/events/evt_race")).GetProperty("deliveries").GetInt64());
        await server.SettledAsync();
        Assert.Equal(0, await server.StopAsync());
        using var kept = home.Look();
        Assert.Equal(["evt_race"], kept.EventIds());
        kept.AssertAppliedOnce();
        Assert.Equal(Racers - 1, kept.Counted("duplicates"));
    }

    [Theory, EveryEngine]
    public async Task Many_events_that_32_senders_deliver_at_once_are_stored_once_each(Engine engine)
    {
        const int Events = 40;
        await using var home = await TestStore.CreateAsync(engine);
        await using var server = await ServerProcess.StartAsync(home.Url, Patient);
        var bodies = Enumerable.Range(0, Events).Select(number => StripeEvent.Of($"evt_{number}")).ToArray();

        // Every sender in an order of its own, so that groups hold the same ids in different orders.
        var answers = await Task.WhenAll(Enumerable.Range(0, Racers).Select(async sender =>
        {
            var order = bodies.ToArray();
            new Random(sender).Shuffle(order);
            return await Task.WhenAll(order.Select(server.DeliverAsync));
        }));

        Assert.All(answers.SelectMany(each => each), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        await server.SettledAsync();
        Assert.Equal(0, await server.StopAsync());
        using var kept = home.Look();
        Assert.Equal(Events, kept.EventIds().Count);
        kept.AssertAppliedOnce();
        Assert.Equal([Racers], kept.Ask<long>("select distinct deliveries from event_ids"));
    }
}
