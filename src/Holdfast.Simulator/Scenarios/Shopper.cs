using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>One customer of the shop: who they are, what they can do, what came of it.</summary>
/// <param name="number">Makes the name and the shop's own id for them.</param>
/// <param name="isWeekly">Buys weekly plans, not monthly ones, so that much happens in a month.</param>
internal sealed class Shopper(ScenarioClient client, Shelf shelf, Chance chance, int number, bool isWeekly)
{
    /// <summary>A draft becomes final an hour after the period's end.</summary>
    private static readonly TimeSpan DraftAndSome = TimeSpan.FromHours(2);

    private readonly Dictionary<string, string> _notes = [];

    public ScenarioClient Client { get; } = client;

    public Chance Chance { get; } = chance;

    /// <summary>The shop's own id for them.</summary>
    public string Reference { get; } = string.Create(CultureInfo.InvariantCulture, $"user_{number}");

    public string Email { get; } = string.Create(CultureInfo.InvariantCulture, $"customer{number}@example.com");

    /// <summary>The simulated moment, set by the <see cref="Stage"/> before each deed.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>The ids of what the story is about, by what they are to it.</summary>
    public IReadOnlyDictionary<string, string> Notes => _notes;

    public string Price(string plan) => shelf.Price(isWeekly ? $"{plan}_weekly" : $"{plan}_monthly");

    public string OneOff(string item) => shelf.Price(item);

    public string ProductOf(string price) => shelf.ProductOf(price);

    /// <summary>The few moments a person needs between two deeds.</summary>
    public TimeSpan Moments() => TimeSpan.FromSeconds(2 + Chance.Below(58));

    /// <summary>Some days, give or take.</summary>
    public TimeSpan Days(int about) => TimeSpan.FromMinutes((about * 24 * 60) - 300 + Chance.Below(600));

    /// <summary>A customer at Stripe, with a card to pay by.</summary>
    public async Task<string> SignUpAsync(string card = "pm_card_visa")
    {
        var customer = await Client.PostAsync("/v1/customers",
            $"email={Email}",
            $"name=Customer {Reference}",
            $"metadata[account_id]={Reference}",
            $"payment_method={card}",
            $"invoice_settings[default_payment_method]={card}");
        return Note("customer", customer);
    }

    /// <summary>Another card, by which everything is paid from now on.</summary>
    public async Task UseCardAsync(string customer, string card)
    {
        var method = await Client.PostAsync($"/v1/payment_methods/{card}/attach", $"customer={customer}");
        await Client.PostAsync(
            $"/v1/customers/{customer}", $"invoice_settings[default_payment_method]={method.Text("id")}");
    }

    public async Task<JsonObject> SubscribeAsync(string customer, string plan, int quantity = 1)
    {
        var subscription = await Client.PostAsync("/v1/subscriptions",
            $"customer={customer}",
            $"items[0][price]={Price(plan)}",
            $"items[0][quantity]={quantity.ToString(CultureInfo.InvariantCulture)}",
            $"metadata[account_id]={Reference}");
        Note("subscription", subscription);
        return subscription;
    }

    /// <summary>Buys something once.</summary>
    public async Task<JsonObject> PayAsync(string customer, long amount, string currency, params string[] more)
    {
        var intent = await Client.PostAsync("/v1/payment_intents",
        [
            string.Create(CultureInfo.InvariantCulture, $"amount={amount}"),
            $"currency={currency}",
            $"customer={customer}",
            "confirm=true",
            $"metadata[account_id]={Reference}",
            .. more,
        ]);
        Note("payment_intent", intent);
        return intent;
    }

    /// <summary>Confirms a payment on the bank's page.</summary>
    public Task AuthenticateAsync(JsonObject intent) =>
        Client.PostAsync($"/_simulator/payment_intents/{intent.Text("id")}/authenticate");

    /// <summary>Fills in the checkout's page and pays.</summary>
    public Task CheckOutAsync(JsonObject session) =>
        Client.PostAsync($"/_simulator/checkout/sessions/{session.Text("id")}/complete");

    /// <summary>Until the next invoice has become final, and its first payment was tried.</summary>
    public async Task<TimeSpan> UntilRenewalAsync(JsonObject subscription)
    {
        var read = await Client.GetAsync($"/v1/subscriptions/{subscription.Text("id")}");
        var end = read.Objects("items").First().Number("current_period_end")
            ?? throw new ScenarioException("A subscription's item has no end of its period.");
        var wait = DateTimeOffset.FromUnixTimeSeconds(end) + DraftAndSome - Now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    public string Note(string name, JsonObject item)
    {
        var id = item.Text("id") ?? throw new ScenarioException($"The {name} has no id.");
        _notes[name] = id;
        return id;
    }
}
