using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Events;

public sealed class EventsApiTests
{
    [Fact]
    public async Task Events_are_listed_newest_first_and_paged_both_ways()
    {
        await using var box = await ManyAsync(5);
        var all = Ids(await box.GetAsync("/v1/events"));

        var first = await box.GetAsync("/v1/events", "limit=2");
        var second = await box.GetAsync("/v1/events", "limit=2", $"starting_after={all[1]}");
        var back = await box.GetAsync("/v1/events", "limit=2", $"ending_before={all[4]}");
        var newest = await box.GetAsync("/v1/events", "limit=2", $"ending_before={all[1]}");

        Assert.Equal(all[..2], Ids(first));
        Assert.Equal(all[2..4], Ids(second));
        Assert.Equal(all[2..4], Ids(back));
        Assert.Equal(all[..1], Ids(newest));
        Assert.Equal((true, true, true, false), (More(first), More(second), More(back), More(newest)));
    }

    [Fact]
    public async Task Events_are_found_by_type_by_group_and_by_time()
    {
        await using var box = await ManyAsync(2);
        await box.PostAsync("/v1/products", "name=Pro");
        await box.PassAsync(TimeSpan.FromHours(1));
        var since = box.World.Now(null);
        await box.PostAsync("/v1/products", "name=Team");

        Assert.Equal(2, Ids(await box.GetAsync("/v1/events", "type=customer.*")).Length);
        Assert.Equal(4, Ids(await box.GetAsync("/v1/events", "types[]=customer.created", "types[]=product.created")).Length);
        Assert.Single(Ids(await box.GetAsync("/v1/events", $"created[gte]={since}")));
        await box.RefusedAsync(400, "GET", "/v1/events", "type=customer.created", "types[]=product.created");
        await box.RefusedAsync(400, "GET", "/v1/events", "starting_after=evt_nobody");
        await box.RefusedAsync(400, "GET", "/v1/events", "limit=101");
    }

    [Fact]
    public async Task Events_are_shown_for_thirty_days()
    {
        await using var box = await ManyAsync(1);
        var id = Ids(await box.GetAsync("/v1/events"))[0];

        await box.PassAsync(TimeSpan.FromDays(30));
        await box.GetAsync($"/v1/events/{id}");
        await box.PassAsync(TimeSpan.FromSeconds(1));

        await box.RefusedAsync(404, "GET", $"/v1/events/{id}");
        Assert.Empty(Ids(await box.GetAsync("/v1/events")));
    }

    [Fact]
    public async Task An_event_names_the_request_that_caused_it()
    {
        await using var box = await Box.OpenAsync();
        var made = await box.SendAsync(new("POST", "/v1/customers") { Key = "sk_test_x", IdempotencyKey = "mine" });

        var told = (await box.GetAsync("/v1/events"))["data"]![0]!;

        Assert.Equal(made.Headers["Request-Id"], (string?)told["request"]!["id"]);
        Assert.Equal("mine", (string?)told["request"]!["idempotency_key"]);
    }

    [Fact]
    public async Task Of_many_thousands_the_newest_are_listed_without_a_look_at_the_rest()
    {
        await using var box = await ManyAsync(1);
        var one = box.World.Events.All[0];
        for (var i = 0; i < 200_000; i++)
        {
            box.World.Events.Add(new(
                $"evt_{i}", one.Type, one.ObjectId, one.Created, one.ToldAt, one.Cause, one.Body, before: null));
        }

        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(100, Ids(await box.GetAsync("/v1/events", "limit=100", $"starting_after=evt_{199_000 - i}")).Length);
        }
    }

    private static async Task<Box> ManyAsync(int count)
    {
        var box = await Box.OpenAsync();
        for (var i = 0; i < count; i++)
        {
            await box.PostAsync("/v1/customers");
        }

        return box;
    }

    private static string[] Ids(JsonObject list) => [.. list["data"]!.AsArray().Select(told => (string)told!["id"]!)];

    private static bool More(JsonObject list) => (bool)list["has_more"]!;
}
