using System.Globalization;
using Holdfast.Access;
using Holdfast.Alerts;
using Holdfast.Findings;
using Holdfast.Tests.Access;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Stripe;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Apply;

/// <summary>What access needs and does not find is looked up at Stripe; what cannot be found is said, never guessed.</summary>
public sealed class ParkedTests
{
    private const string Nothing = "no plan with the feature \"export\" is held; purchase cs_1 waits for";
    private const string Items = "/v1/checkout/sessions/cs_1/line_items?limit=100";
    private const string Sessions = "/v1/checkout/sessions?subscription=sub_1&limit=100";

    [Theory, EveryEngine]
    public async Task The_line_items_of_a_paid_checkout_decide_its_plan_and_quantity_until_it_is_refunded(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Checkout("{}"));
        Assert.Equal([$"{Nothing} its line items"], await shop.AccessAsync());

        shop.Stripe.Answer(200, List(Item("li_1", "price_basic", 1), Item("li_2", "price_pro", 3)));
        await shop.LookUpAsync();

        Assert.Equal([Items], shop.Asked);
        Assert.Equal(["basic x1 grants", "pro x3 grants"], await shop.AccessAsync());
        Assert.Equal(["line_items from item li_1 (req_1)"], await shop.FoundAsync("pro"));
        await shop.TellAsync(("charge.refunded", 3, """
            {"id":"ch_1","object":"charge","status":"succeeded","payment_intent":"pi_1","amount":900,"amount_captured":900,
            "amount_refunded":900,"captured":true,"currency":"eur","paid":true,"refunded":true,"metadata":{} }
            """));
        Assert.Equal(["basic x1 was refunded in full", "pro x3 was refunded in full"], await shop.AccessAsync());
        Assert.Empty(await shop.OpenAsync());
        Assert.Equal(0, await shop.LeftAsync());
    }

    [Theory, EveryEngine]
    public async Task All_pages_of_the_line_items_are_read(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Checkout("{}"));
        shop.Stripe.Answer(200, List(Item("li_1", "price_pro", 1)).Replace("false", "true", StringComparison.Ordinal));
        shop.Stripe.Answer(200, List(Item("li_2", "price_pro", 4)));

        await shop.LookUpAsync();

        Assert.Equal([Items, $"{Items}&starting_after=li_1"], shop.Asked);
        Assert.Equal(["pro x5 grants"], await shop.AccessAsync());
    }

    [Theory, EveryEngine]
    public async Task Of_a_list_that_breaks_off_nothing_is_taken(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Checkout("{}"));
        var first = List(Item("li_1", "price_pro", 1)).Replace("false", "true", StringComparison.Ordinal);
        shop.Stripe.Answer(200, first).Answer(503);

        await shop.LookUpAsync();
        Assert.Equal([$"{Nothing} its line items"], await shop.AccessAsync());

        shop.Stripe.Answer(200, first).Answer(200, List(Item("li_2", "price_pro", 4)));
        shop.Advance(TimeSpan.FromMinutes(5));
        await shop.LookUpAsync();
        Assert.Equal(["pro x5 grants"], await shop.AccessAsync());
    }

    [Theory, EveryEngine]
    public async Task A_checkout_that_is_not_paid_or_sells_a_subscription_is_not_asked_about(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);

        await shop.TellAsync(Checkout("{}", "unpaid"), Session("{}"));
        Assert.Equal(0, await shop.LeftAsync());

        await shop.TellAsync(Checkout("{}", at: 1));
        Assert.Equal(1, await shop.LeftAsync());
    }

    [Theory, EveryEngine]
    public async Task Without_a_key_it_is_parked_at_once_and_nobody_is_asked(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, hasKey: false);

        await shop.TellAsync(Checkout("{}"));
        await shop.LookUpAsync();

        Assert.Empty(shop.Asked);
        Assert.Equal(
            [
                "checkout.session cs_1 grants nothing and waits for its line items. Stripe's events do not carry them: set "
                + "STRIPE_SECRET_KEY, so that they can be asked for, or name what was sold in the session's metadata (price, "
                + "product or lookup_key, and quantity).",
            ],
            await shop.OpenAsync());
        await shop.TellAsync(Checkout("""{"lookup_key":"pro","quantity":"2"}""", at: 1));
        Assert.Empty(await shop.OpenAsync());
        Assert.Equal(["pro x2 grants"], await shop.AccessAsync());
    }

    [Theory, EveryEngine]
    public async Task A_key_that_comes_after_the_deadline_is_used_soon(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        shop.SetKey(null);
        await shop.TellAsync(Checkout("{}"));
        await shop.LookUpAsync();
        for (var minutes = 0; minutes < 70; minutes += 10)
        {
            shop.Advance(TimeSpan.FromMinutes(10));
            await shop.LookUpAsync();
        }

        Assert.StartsWith("Overdue: checkout.session cs_1", Assert.Single(await shop.OpenAsync()), StringComparison.Ordinal);
        Assert.Empty(shop.Asked);

        shop.SetKey("sk_test_invented");
        shop.Stripe.Answer(200, List(Item("li_1", "price_pro", 1)));
        shop.Advance(TimeSpan.FromMinutes(5));
        await shop.LookUpAsync();

        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
        Assert.Empty(await shop.OpenAsync());
    }

    [Theory, EveryEngine]
    public async Task What_was_asked_for_in_vain_is_asked_for_again_as_long_as_it_is_parked_ever_more_seldom(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Checkout("{}"));
        shop.Stripe.Otherwise = () => FakeStripe.Response(200, "[]");
        await shop.LookUpAsync();
        for (var hours = 0; hours < 7 * 24; hours++)
        {
            shop.Advance(TimeSpan.FromHours(1));
            await shop.LookUpAsync();
        }

        // At once, at the deadline, 1, 2, 4, 8 and 16 hours after it, and then every day.
        Assert.Equal(13, shop.Asked.Length);

        shop.Stripe.Otherwise = () => FakeStripe.Response(200, List(Item("li_1", "price_pro", 1)));
        shop.Advance(TimeSpan.FromDays(1));
        await shop.LookUpAsync();
        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
        Assert.Empty(await shop.OpenAsync());
        Assert.Equal(0, await shop.LeftAsync());
    }

    [Theory, EveryEngine]
    public async Task Without_a_key_what_the_metadata_names_is_enough(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, hasKey: false);

        await shop.TellAsync(Checkout("""{"price":"price_pro","quantity":"2"}"""));

        Assert.Equal(["pro x2 grants"], await shop.AccessAsync());
        Assert.Empty(await shop.OpenAsync());
        Assert.Equal(0, await shop.LeftAsync());
    }

    [Theory]
    [InlineData("""{"price":"price_pro","quantity":"3"}""", "pro x3 grants")]
    [InlineData("""{"quantity":"4"}""", "pro x3 grants")]
    [InlineData("""{"price":"price_pro","quantity":"4"}""", null)]
    [InlineData("""{"price":"price_basic"}""", null)]
    [InlineData("""{"quantity":"three"}""", null)]
    public async Task Metadata_that_contradicts_the_line_items_is_not_believed_and_neither_are_they(
        string metadata, string? expected)
    {
        await using var shop = await Shop.OpenAsync(Engine.Sqlite);
        await shop.TellAsync(Checkout(metadata));
        shop.Stripe.Answer(200, List(Item("li_1", "price_pro", 3), Item("li_2", "price_other", 1)));

        await shop.LookUpAsync();

        if (expected is not null)
        {
            Assert.Equal([expected], await shop.AccessAsync());
            Assert.Empty(await shop.OpenAsync());
            return;
        }

        const string Dispute = "the metadata of checkout.session cs_1 and its line items to agree on what was sold";
        Assert.Equal([$"{Nothing} {Dispute}"], await shop.AccessAsync());
        Assert.Equal(
            [
                $"checkout.session cs_1 grants nothing and waits for {Dispute}. Correct price, product, lookup_key and quantity "
                + "in the session's metadata at Stripe, or take them out.",
            ],
            await shop.OpenAsync());
        await shop.TellAsync(Checkout("{}", at: 9));
        Assert.Empty(await shop.OpenAsync());
    }

    [Theory, EveryEngine]
    public async Task Metadata_that_the_mirror_does_not_have_is_found_at_Stripe(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier");
        await shop.TellAsync(Subscription("{}"));
        shop.Stripe.Answer(200, List(Session("""{"tier":"2"}""").Json)).Answer(200, Customer("{}").Json);

        await shop.LookUpAsync();

        Assert.Equal([Sessions, "/v1/customers/cus_1"], shop.Asked);
        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
        Assert.Equal(["metadata.tier from checkout.session cs_2 (req_1)"], await shop.FoundAsync("pro"));
        Assert.Empty(await shop.OpenAsync());
        Assert.Equal(0, await shop.LeftAsync());
    }

    [Theory, EveryEngine]
    public async Task A_purchases_payment_is_asked_for_what_its_checkout_does_not_say(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier");
        await shop.TellAsync(Checkout("{}"));
        shop.Stripe.Answer(200, List(Item("li_1", "price_pro", 1))).Answer(200, Intent("""{"tier":"2"}""").Json);

        await shop.LookUpAsync();

        Assert.Equal([Items, "/v1/payment_intents/pi_1", "/v1/customers/cus_1"], shop.Asked);
        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
    }

    [Theory, EveryEngine]
    public async Task What_nobody_knows_is_parked_until_an_event_tells_it(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier");
        await shop.TellAsync(Subscription("{}"));
        Assert.Empty(await shop.OpenAsync());
        shop.Stripe.Answer(200, List()).Answer(404, """{"error":{"type":"invalid_request_error","code":"resource_missing"} }""");

        await shop.LookUpAsync();

        Assert.Equal(
            [
                "subscription sub_1 grants nothing and waits for the metadata key \"tier\". Set it in the metadata of one of "
                + "these at Stripe: subscription sub_1. It takes effect by itself.",
            ],
            await shop.OpenAsync());
        var finding = await shop.FindingAsync();
        Assert.Equal(shop.Now + TimeSpan.FromHours(1), finding.DeadlineAt);
        Assert.Equal(
            """{"object":"subscription sub_1","needs":[{"need":"metadata.tier","looked_at":["subscription sub_1"],"not_held":"""
            + """["customer cus_1"]}],"deadline_at":"2026-03-01T13:00:00+00:00"}""",
            finding.Facts.Replace(": ", ":", StringComparison.Ordinal));
        Assert.Equal(["pro x1 waits for the metadata key \"tier\""], await shop.AccessAsync());

        await shop.TellAsync(Customer("""{"tier":"2"}"""));

        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
        Assert.Empty(await shop.OpenAsync());
        Assert.Equal("metadata.tier was found on customer cus_1 (evt_test_2).", (await shop.FindingAsync()).ClosedFor);
        Assert.Equal(0, await shop.LeftAsync());
    }

    [Theory, EveryEngine]
    public async Task Two_who_contradict_each_other_are_named_and_their_values_are_not(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier", hasKey: false);

        await shop.TellAsync(Customer("""{"tier":"one"}"""), Session("""{"tier":"two"}"""), Subscription("{}"));

        Assert.Equal(
            [
                "subscription sub_1 grants nothing and waits for checkout.session cs_2 and customer cus_1 to agree on the "
                + "metadata key \"tier\". Set it in the metadata of the object itself at Stripe: that decides.",
            ],
            await shop.OpenAsync());
        Assert.Equal(
            """{"object":"subscription sub_1","needs":[{"need":"metadata.tier","in_dispute":"""
            + """["checkout.session cs_2","customer cus_1"]}],"deadline_at":"2026-03-01T13:00:00+00:00"}""",
            (await shop.FindingAsync()).Facts.Replace(": ", ":", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task At_the_deadline_Stripe_is_asked_again_and_the_alert_says_that_it_is_overdue(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier");
        await shop.TellAsync(Subscription("{}"), Customer("{}"));
        shop.Stripe.Answer(200, List());
        await shop.LookUpAsync();

        shop.Advance(TimeSpan.FromMinutes(59));
        await shop.LookUpAsync();
        Assert.Equal([Sessions], shop.Asked);

        shop.Advance(TimeSpan.FromMinutes(1));
        shop.Stripe.Answer(200, List());
        await shop.LookUpAsync();

        Assert.Equal([Sessions, Sessions], shop.Asked);
        Assert.StartsWith(
            "Overdue: subscription sub_1 grants nothing and waits for the metadata key \"tier\".",
            Assert.Single(await shop.OpenAsync()),
            StringComparison.Ordinal);
        Assert.Equal(["pro x1 waits for the metadata key \"tier\""], await shop.AccessAsync());

        await shop.TellAsync(Subscription("""{"tier":"2"}""", at: 9));
        Assert.Empty(await shop.OpenAsync());
    }

    [Theory, EveryEngine]
    public async Task While_Stripe_is_away_it_is_asked_again_and_people_are_told_at_the_deadline(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);
        await shop.TellAsync(Checkout("{}"));
        shop.Stripe.Otherwise = () => FakeStripe.Response(503, "{}");
        await shop.LookUpAsync();
        Assert.Empty(await shop.OpenAsync());

        shop.Advance(TimeSpan.FromHours(1));
        await shop.LookUpAsync();
        Assert.StartsWith("Overdue: checkout.session cs_1", Assert.Single(await shop.OpenAsync()), StringComparison.Ordinal);

        shop.Advance(TimeSpan.FromHours(1));
        shop.Stripe.Otherwise = () => FakeStripe.Response(200, List(Item("li_1", "price_pro", 1)));
        await shop.LookUpAsync();
        Assert.Empty(await shop.OpenAsync());
        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
        Assert.Equal(0, await shop.LeftAsync());
    }

    [Theory]
    [InlineData("""{"object":"list","data":[{"object":"customer"},{"id":"li_1"},7],"has_more":false}""")]
    [InlineData("""{"object":"list"}""")]
    [InlineData("""[]""")]
    [InlineData("""{"object":"list","data":[{"id":"li_1","object":"item","price":{"id":"price_pro"}},{"id":""")]
    [InlineData("""{"object":"list","data":[{"id":"li_1","object":"item","price":{"id":"price_pro"}},{}],"has_more":false}""")]
    public async Task An_answer_without_what_was_asked_for_is_no_answer(string answer)
    {
        await using var shop = await Shop.OpenAsync(Engine.Sqlite);
        await shop.TellAsync(Checkout("{}"));
        shop.Stripe.Answer(200, answer);

        await shop.LookUpAsync();

        Assert.Single(await shop.OpenAsync());
        Assert.Equal([$"{Nothing} its line items"], await shop.AccessAsync());
    }

    [Theory, EveryEngine]
    public async Task What_is_over_needs_nothing_any_more(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier", hasKey: false);
        await shop.TellAsync(Subscription("{}"));
        Assert.Single(await shop.OpenAsync());

        await shop.TellAsync(Subscription("{}", at: 5, status: "canceled"));

        Assert.Empty(await shop.OpenAsync());
        Assert.Equal("Access does not need it any more.", (await shop.FindingAsync()).ClosedFor);
    }

    [Theory, EveryEngine]
    public async Task It_ends_alike_whatever_comes_first(Engine engine)
    {
        (string, long, string)[] told =
        [
            Checkout("""{"price":"price_pro"}"""), Intent("""{"tier":"2"}"""), Customer("{}"), Subscription("{}"), Session("{}"),
        ];
        for (var first = 0; first < told.Length; first++)
        {
            foreach (var order in (IEnumerable<(string, long, string)>[])[told, [.. told.Reverse()]])
            {
                await using var shop = await Shop.OpenAsync(engine, "tier", hasKey: false);

                await shop.TellAsync([.. order.Skip(first), .. order.Take(first)]);

                Assert.Equal(
                    ["pro x1 grants", "pro x1 waits for the metadata key \"tier\""],
                    (await shop.AccessAsync()).Order(StringComparer.Ordinal));
                Assert.StartsWith("subscription sub_1", Assert.Single(await shop.OpenAsync()), StringComparison.Ordinal);
            }
        }
    }

    [Theory, EveryEngine]
    public async Task An_object_that_changes_while_it_is_looked_up_is_asked_about_once_more(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier");
        await shop.TellAsync(Subscription("{}"));
        shop.Stripe.Answer(200, List()).Then(async _ =>
        {
            await shop.TellAsync(Customer("{}"));
            return FakeStripe.Response(
                200, Customer("{}").Json, ("Date", shop.Now.ToString("r", CultureInfo.InvariantCulture)));
        });
        await shop.LookUpAsync();
        Assert.Equal(["pro x1 waits for the metadata key \"tier\""], await shop.AccessAsync());

        shop.Advance(TimeSpan.FromMinutes(1));
        shop.Stripe.Otherwise = () => FakeStripe.Response(
            200, Customer("""{"tier":"2"}""").Json, ("Date", shop.Now.ToString("r", CultureInfo.InvariantCulture)));
        await shop.FetchAsync();

        Assert.Equal([Sessions, "/v1/customers/cus_1", "/v1/customers/cus_1"], shop.Asked);
        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
    }

    [Theory, EveryEngine]
    public async Task However_many_of_one_customer_are_parked_each_finds_itself(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine, "tier", hasKey: false);
        await shop.TellAsync(Subscription("{}"));
        await shop.CrowdAsync(1001);

        await shop.TellAsync(Subscription("{}", at: 1));
        Assert.StartsWith("subscription sub_1", Assert.Single(await shop.OpenAsync()), StringComparison.Ordinal);
        await shop.CrowdAsync(1001);
        await shop.TellAsync(Subscription("""{"tier":"2"}""", at: 2));

        Assert.Empty(await shop.OpenAsync());
    }

    [Theory, EveryEngine]
    public async Task Where_no_metadata_is_required_subscriptions_are_not_looked_at(Engine engine)
    {
        await using var shop = await Shop.OpenAsync(engine);

        await shop.TellAsync(Subscription("{}"), Customer("{}"));

        Assert.Equal(0, await shop.LeftAsync());
        Assert.Equal(["pro x1 grants"], await shop.AccessAsync());
    }

    private static string List(params string[] items) =>
        $$"""{"object":"list","data":[{{string.Join(',', items)}}],"has_more":false,"url":"/v1/somewhere"}""";

    private static string Item(string id, string price, long quantity) =>
        $$"""{"id":"{{id}}","object":"item","quantity":{{quantity}},"price":{"id":"{{price}}","object":"price"} }""";

    private static (string Type, long At, string Json) Checkout(string metadata, string status = "paid", long at = 0) =>
        ("checkout.session.completed", at, $$"""
        {"id":"cs_1","object":"checkout.session","mode":"payment","payment_status":"{{status}}","customer":"cus_1",
        "payment_intent":"pi_1","metadata":{{metadata}} }
        """);

    private static (string Type, long At, string Json) Subscription(string metadata, long at = 0, string status = "active") =>
        ("customer.subscription.updated", at, $$"""
        {"id":"sub_1","object":"subscription","status":"{{status}}","customer":"cus_1",
        "items":{"data":[{"id":"si_1","quantity":1,"price":{"id":"price_pro"} }]},"metadata":{{metadata}} }
        """);

    private static (string Type, long At, string Json) Session(string metadata) =>
        ("checkout.session.completed", 0, $$"""
        {"id":"cs_2","object":"checkout.session","mode":"subscription","payment_status":"paid","customer":"cus_1",
        "subscription":"sub_1","metadata":{{metadata}} }
        """);

    private static (string Type, long At, string Json) Customer(string metadata) =>
        ("customer.updated", 0, $$"""{"id":"cus_1","object":"customer","metadata":{{metadata}} }""");

    private static (string Type, long At, string Json) Intent(string metadata) => ("payment_intent.succeeded", 0, $$"""
        {"id":"pi_1","object":"payment_intent","status":"succeeded","amount":900,"currency":"eur","customer":"cus_1",
        "metadata":{{metadata}} }
        """);

    private sealed class Shop(Told told, FakeStripe stripe) : IAsyncDisposable
    {
        public FakeStripe Stripe => stripe;

        public DateTimeOffset Now => told.Engine.Clock.GetUtcNow();

        public string[] Asked => [.. Stripe.Requests.Select(request => request.Uri.PathAndQuery)];

        public static async Task<Shop> OpenAsync(Engine engine, string? required = null, bool hasKey = true)
        {
            var access = new AccessOptions();
            if (required is not null)
            {
                access.RequiredMetadata.Add(required);
            }

            var stripe = new FakeStripe();
            var told = new Told(await TestEngine.CreateAsync(engine, access: access, stripe: hasKey ? stripe : null));
            return new(told, stripe);
        }

        public async Task TellAsync(params (string Type, long At, string Json)[] events)
        {
            foreach (var (type, at, json) in events)
            {
                await told.TellAsync(at, type, json);
            }
        }

        /// <summary>Parks so many others of the same customer, which come before all else.</summary>
        public Task<int> CrowdAsync(int count) => told.Engine.Store.RunAsync($"""
            insert into parked (stripe_account, livemode, type, object_id, customer, looked, deadline_at)
            with recursive n (i) as (select 1 union all select i + 1 from n where i < {count})
            select p.stripe_account, p.livemode, p.type, 'a_' || i, p.customer, p.looked, p.deadline_at
            from parked p, n
            where p.object_id = 'sub_1'
              and not exists (select 1 from parked q where q.object_id = 'a_' || i)
            """);

        public Task LookUpAsync() => told.Engine.LookUpAsync();

        public Task FetchAsync() => told.Engine.FetchAsync();

        public void SetKey(string? key) => told.Engine.Keys.Replace(new() { General = key });

        public void Advance(TimeSpan by) => told.Engine.Clock.Advance(by);

        /// <summary>Every plan that is held or would be, or why none is.</summary>
        public async Task<string[]> AccessAsync()
        {
            var facts = await told.FactsAsync("cus_1");
            return Entitlement.Grants(facts, Sold.Plans, Sold.Now) is [_, ..] grants
                ? [.. grants.Select(grant => $"{grant.Plan} x{grant.Quantity} {grant.WhyNot ?? "grants"}")]
                : [Entitlement.Check(facts, Sold.Plans, "export", Sold.Now).Reason];
        }

        public async Task<string[]> FoundAsync(string plan) =>
        [
            .. Entitlement.Grants(await told.FactsAsync("cus_1"), Sold.Plans, Sold.Now)
                .Single(grant => grant.Plan == plan)
                .KnownFrom.Select(known => $"{known.Need} from {known.Object} ({known.Cause})"),
        ];

        /// <summary>What the open alerts say, and the open findings say the same.</summary>
        public async Task<string[]> OpenAsync()
        {
            var alerts = await told.Engine.Store.ReadAsync(session =>
                new AlertStore(told.Engine.Database).ListOpenAsync(session, before: null, limit: 10));
            var findings = await FindingsAsync(isOpen: true);
            Assert.Equal(alerts.Select(alert => alert.Message), findings.Select(finding => finding.Message));
            return [.. alerts.Select(alert => alert.Message)];
        }

        public async Task<Finding> FindingAsync() => Assert.Single(await FindingsAsync(isOpen: null));

        /// <summary>How many objects are looked after still.</summary>
        public Task<long> LeftAsync() => told.Engine.Store.NumberAsync("select count(*) from parked");

        public ValueTask DisposeAsync() => told.Engine.DisposeAsync();

        private Task<List<Finding>> FindingsAsync(bool? isOpen) => told.Engine.Store.ReadAsync(session =>
            new FindingStore(told.Engine.Database).ListAsync(
                session, new() { Kind = FindingKinds.Parked, IsOpen = isOpen, Livemode = false, Limit = 10 }));
    }
}
