using Holdfast.Access;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Access;

public sealed class AccessReaderTests
{
    private const string Session =
        """
        {"id":"cs_1","object":"checkout.session","mode":"payment","payment_status":"paid","created":1772366400,
        "customer":null,"client_reference_id":"ada","payment_intent":"pi_1",
        "metadata":{"price":"price_pro","quantity":"3"}}
        """;

    private const string Invoice =
        """
        {"id":"in_1","object":"invoice","status":"paid","customer":"cus_1","currency":"eur","total":900,"amount_due":900,
        "amount_paid":900,"amount_remaining":0,"status_transitions":{"paid_at":1772366450},"metadata":{},
        "lines":{"data":[{"id":"il_1","object":"line_item","amount":900,"currency":"eur","quantity":2,"metadata":{},
        "parent":{"type":"invoice_item_details","invoice_item_details":{"invoice_item":"ii_1","subscription":null}},
        "pricing":{"price_details":{"price":"price_pro","product":"prod_pro"}},"period":{"start":1,"end":1}}]}}
        """;

    private const string InvoicePayment =
        """
        {"id":"inpay_1","object":"invoice_payment","invoice":"in_1","status":"paid","currency":"eur",
        "amount_requested":900,"amount_paid":900,"is_default":true,"payment":{"type":"payment_intent","payment_intent":"pi_1"}}
        """;

    [Theory, EveryEngine]
    public async Task A_guests_paid_checkout_is_a_purchase_of_what_its_metadata_names(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(0, "checkout.session.completed", Session);

        Assert.Equal(
            new Purchase
            {
                Source = "cs_1",
                Price = "price_pro",
                Quantity = 3,
                PaidAt = DateTimeOffset.FromUnixTimeSeconds(1772366400),
            },
            Assert.Single((await told.FactsAsync("ada")).Purchases));
    }

    [Theory, EveryEngine]
    public async Task A_checkout_is_no_purchase_before_it_is_paid(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        var customers = Session.Replace("\"customer\":null", "\"customer\":\"cus_1\"", StringComparison.Ordinal);

        await told.TellAsync(
            0, "checkout.session.completed", customers.Replace("\"paid\"", "\"unpaid\"", StringComparison.Ordinal));
        Assert.Empty((await told.FactsAsync("cus_1")).Purchases);

        await told.TellAsync(1, "checkout.session.async_payment_succeeded", customers);
        Assert.Single((await told.FactsAsync("cus_1")).Purchases);
    }

    [Theory, EveryEngine]
    public async Task A_guest_who_has_not_paid_is_nobody(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;

        await told.TellAsync(
            0, "checkout.session.completed", Session.Replace("\"paid\"", "\"unpaid\"", StringComparison.Ordinal));

        Assert.IsType<FoundAccount.None>(await told.FindAsync("ada"));
        Assert.IsType<FoundAccount.None>(await told.FindAsync("cs_1"));
    }

    [Theory, EveryEngine]
    public async Task A_checkout_of_a_subscription_or_a_setup_is_no_purchase(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;

        foreach (var mode in (string[])["subscription", "setup"])
        {
            await told.TellAsync(0, "checkout.session.completed", Session
                .Replace("\"payment\"", $"\"{mode}\"", StringComparison.Ordinal)
                .Replace("cs_1", $"cs_{mode}", StringComparison.Ordinal));
        }

        Assert.Empty((await told.FactsAsync("ada")).Purchases);
    }

    [Theory]
    [InlineData("three", 0)]
    [InlineData("0", 0)]
    [InlineData("-2", 0)]
    [InlineData("2x", 0)]
    [InlineData("12", 12)]
    public async Task A_quantity_in_the_metadata_that_is_none_is_not_guessed(string quantity, long expected)
    {
        var told = await Told.CreateAsync(Engine.Sqlite);
        await using var _ = told.Engine;

        await told.TellAsync(
            0, "checkout.session.completed", Session.Replace("\"3\"", $"\"{quantity}\"", StringComparison.Ordinal));

        Assert.Equal(expected, (await told.FactsAsync("ada")).Purchases.Sum(purchase => purchase.Quantity));
    }

    [Theory, EveryEngine]
    public async Task A_purchase_stands_until_all_of_its_money_was_given_back(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(0, "checkout.session.completed", Session);

        await told.TellAsync(1, "charge.succeeded", Charge(refunded: 0));
        Assert.False(Assert.Single((await told.FactsAsync("ada")).Purchases).IsRefunded);
        await told.TellAsync(2, "charge.refunded", Charge(refunded: 400));
        Assert.False(Assert.Single((await told.FactsAsync("ada")).Purchases).IsRefunded);
        await told.TellAsync(3, "charge.refunded", Charge(refunded: 900));

        Assert.True(Assert.Single((await told.FactsAsync("ada")).Purchases).IsRefunded);
    }

    [Theory, EveryEngine]
    public async Task A_failed_try_before_the_payment_does_not_keep_a_refunded_purchase_alive(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(0, "checkout.session.completed", Session);
        await told.TellAsync(1, "charge.failed", Charge(refunded: 0, id: "ch_0", isPaid: false));

        await told.TellAsync(3, "charge.refunded", Charge(refunded: 900));

        Assert.True(Assert.Single((await told.FactsAsync("ada")).Purchases).IsRefunded);
    }

    [Theory]
    [InlineData("needs_response", false)]
    [InlineData("under_review", false)]
    [InlineData("won", false)]
    [InlineData("warning_closed", false)]
    [InlineData("lost", true)]
    public async Task Only_a_lost_dispute_takes_the_purchase_away(string status, bool isLost)
    {
        var told = await Told.CreateAsync(Engine.Sqlite);
        await using var _ = told.Engine;
        await told.TellAsync(0, "checkout.session.completed", Session);
        await told.TellAsync(1, "charge.succeeded", Charge(refunded: 0));

        await told.TellAsync(2, "charge.dispute.closed", $$"""
            {"id":"du_1","object":"dispute","status":"{{status}}","charge":"ch_1","payment_intent":"pi_1","amount":900,
            "currency":"eur","metadata":{} }
            """);

        Assert.Equal(isLost, Assert.Single((await told.FactsAsync("ada")).Purchases).IsDisputeLost);
    }

    [Theory, EveryEngine]
    public async Task Each_line_of_a_single_invoice_is_a_purchase_once_it_is_paid(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(
            1, "invoice.finalized", Invoice.Replace("\"status\":\"paid\"", "\"status\":\"open\"", StringComparison.Ordinal));
        Assert.Empty((await told.FactsAsync("cus_1")).Purchases);

        await told.TellAsync(2, "invoice.paid", Invoice);

        Assert.Equal(
            new Purchase
            {
                Source = "in_1",
                Price = "price_pro",
                Product = "prod_pro",
                Quantity = 2,
                PaidAt = DateTimeOffset.FromUnixTimeSeconds(1772366450),
            },
            Assert.Single((await told.FactsAsync("cus_1")).Purchases));
    }

    [Theory, EveryEngine]
    public async Task A_single_invoices_refund_is_found_by_way_of_its_payment(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "invoice.paid", Invoice);
        await told.TellAsync(1, "invoice_payment.paid", InvoicePayment);
        await told.TellAsync(2, "charge.succeeded", Charge(refunded: 0));
        Assert.False(Assert.Single((await told.FactsAsync("cus_1")).Purchases).IsRefunded);

        await told.TellAsync(3, "charge.refunded", Charge(refunded: 900));

        Assert.True(Assert.Single((await told.FactsAsync("cus_1")).Purchases).IsRefunded);
    }

    [Theory, EveryEngine]
    public async Task A_renewals_invoice_is_no_purchase(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;

        await told.TellAsync(1, "invoice.paid", Invoice.Replace(
            "\"object\":\"invoice\"",
            "\"object\":\"invoice\",\"parent\":{\"subscription_details\":{\"subscription\":\"sub_1\"}}",
            StringComparison.Ordinal));
        await told.TellAsync(1, "invoice.paid", Invoice
            .Replace("in_1", "in_2", StringComparison.Ordinal)
            .Replace("\"object\":\"invoice\"", "\"object\":\"invoice\",\"subscription\":\"sub_1\"", StringComparison.Ordinal));

        Assert.Empty((await told.FactsAsync("cus_1")).Purchases);
    }

    [Theory, EveryEngine]
    public async Task All_customers_of_an_account_count_and_nobody_else(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.subscription.created", Subscription("sub_1", "cus_1", "ada"));
        await told.TellAsync(2, "customer.subscription.created", Subscription("sub_2", "cus_2", "ada"));
        await told.TellAsync(3, "customer.subscription.created", Subscription("sub_3", "cus_3", "bob"));

        var facts = await told.FactsAsync("ada");

        Assert.Equal(["sub_1", "sub_2"], facts.Subscriptions.Select(subscription => subscription.Id).Order());
        Assert.True(Entitlement.Check(facts, Sold.Plans, "export", Sold.Now).Allowed);
    }

    [Theory, EveryEngine]
    public async Task What_is_held_in_test_mode_never_counts_in_live_mode(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        var live = new Told(told.Engine) { Livemode = true };

        await told.TellAsync(1, "customer.subscription.created", Subscription("sub_test", "cus_1", "ada"));
        await live.TellAsync(1, "customer.subscription.created", Subscription("sub_live", "cus_1", "ada"));

        Assert.Equal("sub_test", Assert.Single((await told.FactsAsync("ada")).Subscriptions).Id);
        Assert.Equal("sub_live", Assert.Single((await live.FactsAsync("ada")).Subscriptions).Id);
    }

    [Theory, EveryEngine]
    public async Task The_features_that_Stripe_grants_are_the_newest_summarys(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(0, "customer.created", """{"id":"cus_1","object":"customer"}""");

        await told.TellAsync(2, "entitlements.active_entitlement_summary.updated", Summary("export", "audit_log"));
        await told.TellAsync(1, "entitlements.active_entitlement_summary.updated", Summary("old"));
        Assert.Equal(["export", "audit_log"], (await told.FactsAsync("cus_1")).ActiveFeatures);

        await told.TellAsync(3, "entitlements.active_entitlement_summary.updated", Summary());
        Assert.Empty((await told.FactsAsync("cus_1")).ActiveFeatures);
    }

    private static string Charge(long refunded, string id = "ch_1", bool isPaid = true) =>
        $$"""
        {"id":"{{id}}","object":"charge","status":"{{(isPaid ? "succeeded" : "failed")}}","payment_intent":"pi_1",
        "amount":900,"amount_captured":{{(isPaid ? 900 : 0)}},"amount_refunded":{{refunded}},"captured":true,
        "currency":"eur","paid":{{(isPaid ? "true" : "false")}},"refunded":{{(refunded is 900 ? "true" : "false")}},
        "metadata":{} }
        """;

    private static string Subscription(string id, string customer, string reference) =>
        $$"""
        {"id":"{{id}}","object":"subscription","status":"active","customer":"{{customer}}","created":0,
        "items":{"data":[{"id":"si_1","quantity":1,"price":{"id":"price_pro"} }]},"metadata":{"account_id":"{{reference}}"} }
        """;

    private static string Summary(params string[] features)
    {
        var entitlements = features.Select(feature =>
            $$"""{"id":"ent_{{feature}}","feature":"feat_1","lookup_key":"{{feature}}"}""");
        return $$"""
            {"object":"entitlements.active_entitlement_summary","customer":"cus_1","livemode":false,
            "entitlements":{"object":"list","data":[{{string.Join(',', entitlements)}}]} }
            """;
    }
}
