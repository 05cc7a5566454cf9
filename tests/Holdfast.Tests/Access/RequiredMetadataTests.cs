using Holdfast.Access;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Access;

/// <summary>Metadata that the operator requires: where it is looked for, and that nothing is granted by a guess.</summary>
public sealed class RequiredMetadataTests
{
    private const string Waits = "waits for the metadata key \"tier\"";

    [Theory, EveryEngine]
    public async Task What_stands_on_the_object_itself_is_taken_from_there(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);

        await shop.TellAsync(Subscription("""{"tier":"2"}"""));

        Assert.Equal(("grants", "metadata.tier from subscription sub_1 (evt_test_1)"), await shop.GrantAsync());
    }

    [Theory, EveryEngine]
    public async Task What_no_object_has_is_waited_for_and_grants_nothing(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);

        await shop.TellAsync(Subscription("{}"), Session("{}"), Customer("""{"tier":""}"""));

        Assert.Equal((Waits, ""), await shop.GrantAsync());
        Assert.Equal(
            $"subscription sub_1 would give plan \"pro\" but {Waits}",
            Entitlement.Check(await shop.FactsAsync(), Sold.Plans, "export", Sold.Now).Reason);
    }

    [Theory, EveryEngine]
    public async Task A_subscription_has_it_from_its_checkout_or_its_customer(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Subscription("{}"));

        await shop.TellAsync(Customer("""{"tier":"2"}"""));
        Assert.Equal(("grants", "metadata.tier from customer cus_1 (evt_test_2)"), await shop.GrantAsync());

        await shop.TellAsync(Session("""{"tier":"2"}"""));
        Assert.Equal(("grants", "metadata.tier from checkout.session cs_1 (evt_test_3)"), await shop.GrantAsync());
    }

    [Theory, EveryEngine]
    public async Task Two_who_contradict_each_other_are_both_not_believed_until_the_object_itself_says_it(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Subscription("{}"), Session("""{"tier":"1"}"""), Customer("""{"tier":"2"}"""));
        Assert.Equal(
            ("waits for checkout.session cs_1 and customer cus_1 to agree on the metadata key \"tier\"", ""),
            await shop.GrantAsync());

        await shop.TellAsync(Subscription("""{"tier":"3"}""", at: 9));

        Assert.Equal(("grants", "metadata.tier from subscription sub_1 (evt_test_4)"), await shop.GrantAsync());
    }

    [Theory, EveryEngine]
    public async Task A_purchase_has_it_from_its_payment_or_its_invoice(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Purchase);
        Assert.Equal((Waits, "line_items from checkout.session cs_2 (evt_test_1)"), await shop.GrantAsync());

        await shop.TellAsync(Intent("""{"tier":"2"}"""));

        Assert.Equal(
            ("grants", "line_items from checkout.session cs_2 (evt_test_1), metadata.tier from payment_intent pi_1 (evt_test_2)"),
            await shop.GrantAsync());
    }

    [Theory, EveryEngine]
    public async Task A_single_invoice_has_it_from_the_checkout_of_its_payment(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Invoice, InvoicePayment);
        Assert.Equal((Waits, ""), await shop.GrantAsync());

        await shop.TellAsync(("checkout.session.expired", 0, """
            {"id":"cs_3","object":"checkout.session","mode":"payment","payment_status":"unpaid","customer":"cus_1",
            "payment_intent":"pi_1","metadata":{"tier":"2"} }
            """));

        Assert.Equal(("grants", "metadata.tier from checkout.session cs_3 (evt_test_3)"), await shop.GrantAsync());
    }

    [Theory, EveryEngine]
    public async Task It_ends_in_one_state_whatever_comes_first(Engine engine)
    {
        (string, long, string)[] told = [Subscription("{}"), Session("""{"tier":"2"}"""), Customer("{}")];
        foreach (var order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            await using var shop = await Shop.OpenAsync(engine);

            await shop.TellAsync([.. order.Select(i => told[i])]);

            var (_, from) = await shop.GrantAsync();
            Assert.StartsWith("metadata.tier from checkout.session cs_1", from, StringComparison.Ordinal);
        }
    }

    [Theory, EveryEngine]
    public async Task The_applications_own_id_is_also_what_the_checkout_was_opened_with(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "account_id");
        await shop.TellAsync(Subscription("{}"));
        Assert.Equal(("waits for the metadata key \"account_id\"", ""), await shop.GrantAsync());

        await shop.TellAsync(Session("{}", "ada"), Customer("""{"account_id":"bob"}"""));

        Assert.Equal(("grants", "metadata.account_id from checkout.session cs_1 (evt_test_2)"), await shop.GrantAsync());
    }

    [Fact]
    public void What_is_over_says_so_and_not_what_it_waited_for()
    {
        var facts = Sold.Facts(Sold.Subscription(status: "canceled")) with
        {
            Evidence = new Dictionary<string, Evidence> { ["sub_1"] = new() { WaitsFor = "something" } },
        };

        Assert.Equal("is canceled", Assert.Single(Entitlement.Grants(facts, Sold.Plans, Sold.Now)).WhyNot);
    }

    private const string PaidLines =
        """
        "lines":{"data":[{"id":"il_1","object":"line_item","amount":900,"currency":"eur","quantity":2,"metadata":{},
        "pricing":{"price_details":{"price":"price_pro","product":"prod_pro"}},"period":{"start":1,"end":1}}]}
        """;

    private static (string Type, long At, string Json) Purchase => ("checkout.session.completed", 0, """
        {"id":"cs_2","object":"checkout.session","mode":"payment","payment_status":"paid","customer":"cus_1",
        "payment_intent":"pi_1","metadata":{"price":"price_pro"} }
        """);

    private static (string Type, long At, string Json) Invoice => ("invoice.paid", 0, $$"""
        {"id":"in_1","object":"invoice","status":"paid","customer":"cus_1","currency":"eur","total":900,"amount_due":900,
        "amount_paid":900,"amount_remaining":0,"metadata":{},{{PaidLines}} }
        """);

    private static (string Type, long At, string Json) InvoicePayment => ("invoice_payment.paid", 0, """
        {"id":"inpay_1","object":"invoice_payment","invoice":"in_1","status":"paid","currency":"eur",
        "amount_requested":900,"amount_paid":900,"is_default":true,
        "payment":{"type":"payment_intent","payment_intent":"pi_1"} }
        """);

    private static (string Type, long At, string Json) Subscription(string metadata, long at = 0) =>
        ("customer.subscription.updated", at, $$"""
        {"id":"sub_1","object":"subscription","status":"active","customer":"cus_1",
        "items":{"data":[{"id":"si_1","quantity":1,"price":{"id":"price_pro"} }]},"metadata":{{metadata}} }
        """);

    private static (string Type, long At, string Json) Session(string metadata, string? reference = null) =>
        ("checkout.session.completed", 0, $$"""
        {"id":"cs_1","object":"checkout.session","mode":"subscription","payment_status":"paid","customer":"cus_1",
        "client_reference_id":{{(reference is null ? "null" : $"\"{reference}\"")}},"subscription":"sub_1",
        "metadata":{{metadata}} }
        """);

    private static (string Type, long At, string Json) Customer(string metadata) =>
        ("customer.updated", 0, $$"""{"id":"cus_1","object":"customer","metadata":{{metadata}} }""");

    private static (string Type, long At, string Json) Intent(string metadata) => ("payment_intent.succeeded", 0, $$"""
        {"id":"pi_1","object":"payment_intent","status":"succeeded","amount":900,"currency":"eur","customer":"cus_1",
        "metadata":{{metadata}} }
        """);

    private sealed class Shop(Told told) : IAsyncDisposable
    {
        public static async Task<Shop> OpenAsync(Engine engine, string required = "tier") =>
            new(await Told.CreateAsync(engine, new AccessOptions { RequiredMetadata = { required } }));

        public async Task TellAsync(params (string Type, long At, string Json)[] events)
        {
            foreach (var (type, at, json) in events)
            {
                await told.TellAsync(at, type, json);
            }
        }

        public Task<AccessFacts> FactsAsync() => told.FactsAsync("cus_1");

        /// <summary>Why the only grant does not grant, and where that was found which it needs.</summary>
        public async Task<(string Says, string From)> GrantAsync()
        {
            var grant = Assert.Single(Entitlement.Grants(await FactsAsync(), Sold.Plans, Sold.Now));
            var from = grant.KnownFrom.Select(known => $"{known.Need} from {known.Object} ({known.Cause})");
            return (grant.WhyNot ?? "grants", string.Join(", ", from));
        }

        public ValueTask DisposeAsync() => told.Engine.DisposeAsync();
    }
}
