using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Delivery;

public sealed class ThinTests
{
    [Fact]
    public async Task A_thin_event_arrives_without_its_object_and_is_fetched()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        var destination = await DestinationAsync(box, receiver.Url, "v1.customer.updated");
        var customer = await box.PostAsync("/v1/customers", "name=Ada");
        await box.PostAsync($"/v1/customers/{customer["id"]}", "name=Grace");

        await box.Simulator.DeliverAsync(TestContext.Current.CancellationToken);

        var arrival = Assert.Single(receiver.Arrivals);
        Assert.True(arrival.IsSignedBy((string)destination["webhook_endpoint"]!["signing_secret"]!));
        Assert.Equal("v2.core.event", (string?)arrival.Json["object"]);
        Assert.False(arrival.Json.ContainsKey("data"));
        Assert.Equal($"/v1/customers/{customer["id"]}", (string?)arrival.Json["related_object"]!["url"]);
        var fetched = await FineAsync(box, "GET", $"/v2/core/events/{arrival.Id}");
        Assert.Equal("Ada", (string?)fetched["changes"]!["before"]!["name"]);
        Assert.Equal("customer.updated", (string?)(await box.GetAsync($"/v1/events/{fetched["snapshot_event"]}"))["type"]);
    }

    [Fact]
    public async Task The_secret_is_shown_at_creation_only_and_only_when_asked_for()
    {
        await using var box = await Box.OpenAsync();
        var made = await DestinationAsync(box, new Uri("http://127.0.0.1:9/"), "*");

        var read = await FineAsync(box, "GET", $"/v2/core/event_destinations/{made["id"]}", "include=webhook_endpoint.url");

        Assert.StartsWith("whsec_", (string?)made["webhook_endpoint"]!["signing_secret"], StringComparison.Ordinal);
        Assert.Equal("""{"url":"http://127.0.0.1:9/"}""", read["webhook_endpoint"]!.ToJsonString());
    }

    [Fact]
    public async Task Destinations_are_listed_page_by_page_both_ways()
    {
        await using var box = await Box.OpenAsync();
        List<string?> made = [];
        for (var i = 0; i < 3; i++)
        {
            made.Insert(0, (string?)(await DestinationAsync(box, new Uri("http://127.0.0.1:9/"), "*"))["id"]);
        }

        var first = await PageAsync(box, "/v2/core/event_destinations?limit=2");
        var second = await PageAsync(box, (string)first["next_page_url"]!);
        var back = await PageAsync(box, (string)second["previous_page_url"]!);

        Assert.Equal(made[..2], Ids(first));
        Assert.Equal(made[2..], Ids(second));
        Assert.Equal(made[..2], Ids(back));
        Assert.Null(second["next_page_url"]);
        Assert.Null(back["previous_page_url"]);
    }

    private static string?[] Ids(JsonObject page) => [.. page["data"]!.AsArray().Select(item => (string?)item!["id"])];

    private static async Task<JsonObject> PageAsync(Box box, string url)
    {
        var parts = url.Split('?');
        var answer = await box.SendAsync(
            new("GET", parts[0]) { Key = "sk_test_x", Version = "2026-10-28.endive", Query = parts[1] });
        Assert.True(answer.Status is 200, answer.Body);
        return answer.Json;
    }

    [Fact]
    public async Task A_ping_goes_to_its_destination_alone()
    {
        await using var pinged = await Receiver.OpenAsync();
        await using var other = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        var destination = await DestinationAsync(box, pinged.Url, "v1.customer.created");
        await DestinationAsync(box, other.Url, "*");

        await FineAsync(box, "POST", $"/v2/core/event_destinations/{destination["id"]}/ping");
        await box.Simulator.DeliverAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["v2.core.event_destination.ping"], pinged.Types);
        Assert.Empty(other.Arrivals);
        Assert.Empty((await box.GetAsync("/v1/events"))["data"]!.AsArray());
    }

    [Fact]
    public async Task A_disabled_destination_is_told_nothing_until_it_is_enabled()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        var path = $"/v2/core/event_destinations/{(await DestinationAsync(box, receiver.Url, "*"))["id"]}";

        var disabled = await FineAsync(box, "POST", $"{path}/disable");
        await box.PostAsync("/v1/customers");
        await box.Simulator.DeliverAsync(TestContext.Current.CancellationToken);
        await FineAsync(box, "POST", $"{path}/enable");
        await box.PostAsync("/v1/customers");
        await box.Simulator.DeliverAsync(TestContext.Current.CancellationToken);

        Assert.Equal("user", (string?)disabled["status_details"]!["disabled"]!["reason"]);
        Assert.Single(receiver.Arrivals);
    }

    [Fact]
    public async Task A_subscriptions_change_is_told_by_what_it_means()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers", "payment_method=pm_card_visa",
            "invoice_settings[default_payment_method]=pm_card_visa");
        var price = await box.PostAsync("/v1/prices", "unit_amount=500", "currency=eur", "recurring[interval]=month",
            "product_data[name]=Pro");
        var subscription = await box.PostAsync(
            "/v1/subscriptions", $"customer={customer["id"]}", $"items[0][price]={price["id"]}");

        await box.PostAsync($"/v1/subscriptions/{subscription["id"]}",
            $"items[0][id]={subscription["items"]!["data"]![0]!["id"]}", "items[0][quantity]=3", "cancel_at_period_end=true");

        var types = await TypesAsync(box, $"object_id={subscription["id"]}");
        Assert.Contains("v1.customer.subscription.active", types);
        Assert.Contains("v1.customer.subscription.item_quantity_changed", types);
        Assert.Contains("v1.customer.subscription.cancel_at_changed", types);
    }

    [Fact]
    public async Task A_list_is_walked_page_by_page_and_back()
    {
        await using var box = await Box.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await box.PostAsync("/v1/customers");
        }

        var first = await FineAsync(box, "GET", "/v2/core/events", "limit=2&types=v1.customer.created&types=v1.customer.updated");
        var second = await FollowAsync(box, first, "next_page_url");
        var third = await FollowAsync(box, second, "next_page_url");
        var back = await FollowAsync(box, third, "previous_page_url");

        Assert.Null(first["previous_page_url"]);
        Assert.Null(third["next_page_url"]);
        Assert.Equal((2, 2, 1), (Count(first), Count(second), Count(third)));
        Assert.Equal(second["data"]!.ToJsonString(), back["data"]!.ToJsonString());
    }

    [Fact]
    public async Task The_newer_routes_refuse_in_their_own_way()
    {
        await using var box = await Box.OpenAsync();

        var unversioned = await box.SendAsync(new("GET", "/v2/core/events") { Key = "sk_test_x" });
        var incomplete = await SendAsync(box, "POST", "/v2/core/event_destinations", "{\"type\":\"webhook_endpoint\"}");
        var missing = await SendAsync(box, "GET", "/v2/core/events/evt_test_65nonsense");

        var nowhere = await SendAsync(box, "GET", "/v2/core/nothing");
        var limit = await box.SendAsync(
            new("GET", "/v2/core/events") { Key = "sk_test_x", Version = "2026-10-28.endive", Query = "limit=0" });

        Assert.Equal(400, unversioned.Status);
        Assert.Equal((404, null), (nowhere.Status, (string?)nowhere.Json["error"]!["code"]));
        Assert.Equal((400, "invalid_fields"), (limit.Status, (string?)limit.Json["error"]!["code"]));
        Assert.Equal((400, "invalid_fields"), (incomplete.Status, (string?)incomplete.Json["error"]!["code"]));
        Assert.Equal((404, "not_found"), (missing.Status, (string?)missing.Json["error"]!["code"]));
    }

    private static Task<JsonObject> DestinationAsync(Box box, Uri url, string type) => FineAsync(
        box, "POST", "/v2/core/event_destinations", new JsonObject
        {
            ["name"] = "Ours",
            ["type"] = "webhook_endpoint",
            ["event_payload"] = "thin",
            ["enabled_events"] = new JsonArray(type),
            ["webhook_endpoint"] = new JsonObject { ["url"] = url.AbsoluteUri },
            ["include"] = new JsonArray("webhook_endpoint.signing_secret", "webhook_endpoint.url"),
        }.ToJsonString());

    private static async Task<string[]> TypesAsync(Box box, string query) =>
        [.. (await FineAsync(box, "GET", "/v2/core/events", $"limit=100&{query}"))["data"]!.AsArray()
            .Select(thin => (string)thin!["type"]!)];

    private static Task<JsonObject> FollowAsync(Box box, JsonObject page, string link)
    {
        var url = ((string)page[link]!).Split('?');
        return FineAsync(box, "GET", url[0], url[1]);
    }

    private static int Count(JsonObject page) => page["data"]!.AsArray().Count;

    private static async Task<JsonObject> FineAsync(Box box, string method, string path, string content = "")
    {
        var answer = await SendAsync(box, method, path, content);
        Assert.True(answer.Status is 200, answer.Body);
        return answer.Json;
    }

    private static Task<ApiResponse> SendAsync(Box box, string method, string path, string content = "") =>
        box.SendAsync(new(method, path)
        {
            Key = "sk_test_x",
            Version = "2026-10-28.endive",
            Body = method is "GET" ? "" : content,
            Query = method is "GET" ? content : "",
        });
}
