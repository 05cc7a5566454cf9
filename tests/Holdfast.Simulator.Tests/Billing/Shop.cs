using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Billing;

/// <summary>A shop on a test clock: a customer with a card, and prices by the month.</summary>
internal sealed class Shop(Box box, string clock, string customer) : IAsyncDisposable
{
    /// <summary>1 January 2026.</summary>
    public const long Start = 1_767_225_600;

    public const long Day = 24 * 60 * 60;
    public const long Hour = 60 * 60;

    public Box Box { get; } = box;

    public string Customer { get; } = customer;

    public long Now { get; private set; } = Start;

    public string[] Told => Box.Told;

    /// <param name="card">Null for a customer without one.</param>
    public static async Task<Shop> OpenAsync(
        string? card = "pm_card_visa", long start = Start, SimulatorOptions? options = null)
    {
        var box = await Box.OpenAsync(options);
        var clock = (await box.PostAsync("/v1/test_helpers/test_clocks", $"frozen_time={start}")).Id();
        var customer = (await box.PostAsync("/v1/customers", $"test_clock={clock}", "email=ada@example.com")).Id();
        var shop = new Shop(box, clock, customer) { Now = start };
        if (card is not null)
        {
            await shop.UseCardAsync(card);
        }

        return shop;
    }

    public async Task UseCardAsync(string card)
    {
        var method = (await Box.PostAsync($"/v1/payment_methods/{card}/attach", $"customer={Customer}")).Id();
        await Box.PostAsync($"/v1/customers/{Customer}", $"invoice_settings[default_payment_method]={method}");
    }

    public async Task<string> PriceAsync(long amount, string interval = "month", int count = 1) => (await Box.PostAsync(
        "/v1/prices", "currency=usd", $"unit_amount={amount}", $"recurring[interval]={interval}",
        $"recurring[interval_count]={count}", $"product_data[name]=Plan of {amount}")).Id();

    public Task<JsonObject> SubscribeAsync(string price, params string[] more) =>
        Box.PostAsync("/v1/subscriptions", [$"customer={Customer}", $"items[0][price]={price}", .. more]);

    public async Task AdvanceAsync(long seconds)
    {
        await Box.PostAsync($"/v1/test_helpers/test_clocks/{clock}/advance", $"frozen_time={Now += seconds}");
        Assert.Equal("ready", (await Box.GetAsync($"/v1/test_helpers/test_clocks/{clock}")).Text("status"));
    }

    public Task AdvanceToAsync(long moment) => AdvanceAsync(moment - Now);

    public Task<JsonObject> SubscriptionAsync(JsonObject subscription, params string[] more) =>
        Box.GetAsync($"/v1/subscriptions/{subscription.Id()}", more);

    /// <summary>The subscription's latest invoice.</summary>
    public async Task<JsonObject> InvoiceAsync(JsonObject subscription) => await Box.GetAsync(
        $"/v1/invoices/{(await SubscriptionAsync(subscription)).Text("latest_invoice")}", "expand[]=payments");

    /// <summary>The subscription's invoices, oldest first.</summary>
    public async Task<JsonObject[]> InvoicesAsync(JsonObject subscription) =>
        [.. (await Box.GetAsync("/v1/invoices", $"subscription={subscription.Id()}", "limit=100"))
            ["data"]!.AsArray().OfType<JsonObject>().Reverse()];

    /// <summary>The events told since there were so many of them.</summary>
    public string[] ToldSince(int count) => Told[count..];

    public ValueTask DisposeAsync() => Box.DisposeAsync();
}

/// <summary>Short ways into answers.</summary>
internal static class Answers
{
    public static string Id(this JsonObject body) => (string)body["id"]!;

    public static string? Text(this JsonObject body, string path) => At(body, path)?.ToString();

    public static long? Number(this JsonObject body, string path) => (long?)At(body, path);

    public static JsonNode? At(this JsonObject body, string path)
    {
        JsonNode? node = body;
        foreach (var part in path.Split('.'))
        {
            node = node switch
            {
                JsonObject inner => inner[part],
                JsonArray array => array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)],
                _ => null,
            };
        }

        return node;
    }
}
