using System.Text;
using System.Text.Json;
using Holdfast.Access;
using Holdfast.Simulator;
using Holdfast.Stripe;
using Holdfast.Tests.Access;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Apply;

/// <summary>What access needs is found at a Stripe that was written without it.</summary>
public sealed class ParkedAtStripeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task Of_a_checkout_of_which_one_event_arrived_the_items_and_the_payments_metadata_are_found(Engine engine)
    {
        await using var stripe = await StripeSimulator.StartAsync(new() { Port = null }, Ct);
        using var client = new HttpClient(stripe.NewHandler()) { BaseAddress = new("http://stripe.test/") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "sk_test_invented");
        await using var shop = await TestEngine.CreateAsync(
            engine, access: new() { RequiredMetadata = { "tier" } }, stripe: stripe.NewHandler());
        var price = (await PostAsync(client, "v1/prices", "currency=usd&unit_amount=1500&product_data[name]=Seat")).Text("id");
        var session = await PostAsync(
            client,
            "v1/checkout/sessions",
            $"mode=payment&success_url=https://example.com/done&client_reference_id=ada&line_items[0][price]={price}"
            + "&line_items[0][quantity]=3&payment_intent_data[metadata][tier]=2");
        await PostAsync(client, $"_simulator/checkout/sessions/{session.Text("id")}/complete", "");
        var events = JsonElement.Parse(await client.GetStringAsync(
            new Uri("v1/events?type=checkout.session.completed", UriKind.Relative), Ct));
        await shop.DeliverAsync(Assert.Single(events.List("data")).GetRawText());
        await shop.ApplyAllAsync();

        await shop.LookUpAsync();

        var told = new Told(shop);
        var plans = Sold.Parsed(
            $$"""{"plans":[{"id":"seat","prices":["{{price}}"],"features":{"seats":{"per_quantity":1} } }]}""");
        var facts = await told.FactsAsync("ada");
        var grant = Assert.Single(Entitlement.Grants(facts, plans, stripe.Now));
        Assert.Equal(3, Entitlement.Check(facts, plans, "seats", stripe.Now).Limit);
        Assert.Equal(
            ["line_items from item", "metadata.tier from payment_intent"],
            grant.KnownFrom.Select(known => $"{known.Need} from {known.Object.Split(' ')[0]}"));
        Assert.All(grant.KnownFrom, known => Assert.StartsWith("req_", known.Cause, StringComparison.Ordinal));
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from parked"));
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, string form)
    {
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, Ct);
        return JsonElement.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(Ct));
    }
}
