using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Holdfast.Tests.Shop;

/// <summary>The shop is what other tests trust, so it has to hold what it promises.</summary>
public sealed class ShopMonthTests
{
    private const int Seed = 20261001;

    // Nobody can change a month, so the tests share one of each shape.
    private static readonly FrozenDictionary<ApiVersionShape, Lazy<ShopMonth>> Months =
        Enum.GetValues<ApiVersionShape>().ToFrozenDictionary(
            shape => shape,
            shape => new Lazy<ShopMonth>(() => Tell(shape)));

    private static readonly string[] UnderstoodInEveryShape =
    [
        "charge.captured", "charge.dispute.closed", "charge.dispute.created", "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.expired", "charge.failed",
        "charge.pending", "charge.refunded", "charge.succeeded", "charge.updated",
        "checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded",
        "checkout.session.completed", "checkout.session.expired",
        "customer.created", "customer.deleted", "customer.updated",
        "customer.subscription.created", "customer.subscription.deleted", "customer.subscription.paused",
        "customer.subscription.pending_update_applied", "customer.subscription.pending_update_expired",
        "customer.subscription.resumed", "customer.subscription.trial_will_end", "customer.subscription.updated",
        "entitlements.active_entitlement_summary.updated",
        "invoice.created", "invoice.deleted", "invoice.finalization_failed", "invoice.finalized",
        "invoice.marked_uncollectible", "invoice.overdue", "invoice.paid", "invoice.payment_action_required",
        "invoice.payment_failed", "invoice.payment_succeeded", "invoice.sent", "invoice.upcoming", "invoice.updated",
        "invoice.voided", "invoice.will_be_due",
        "payment_intent.amount_capturable_updated", "payment_intent.canceled", "payment_intent.created",
        "payment_intent.payment_failed", "payment_intent.processing", "payment_intent.requires_action",
        "payment_intent.succeeded",
        "price.created", "price.deleted", "price.updated", "product.created", "product.deleted", "product.updated",
        "setup_intent.canceled", "setup_intent.created", "setup_intent.requires_action", "setup_intent.setup_failed",
        "setup_intent.succeeded",
        "test_helpers.test_clock.advancing", "test_helpers.test_clock.created", "test_helpers.test_clock.ready",
        "galaxy.tiger.purred",
    ];

    private static readonly string[] OnlySinceBasil =
        ["invoice_payment.paid", "refund.created", "refund.failed", "refund.updated"];

    private static readonly string[] OnlyUntilBasil = ["charge.refund.updated"];

    public static TheoryData<ApiVersionShape> EveryShape => [.. Enum.GetValues<ApiVersionShape>()];

    [Theory, MemberData(nameof(EveryShape))]
    public void Every_event_has_its_own_id(ApiVersionShape shape)
    {
        var month = Tell(shape, rounds: 3);

        Assert.Equal(month.Events.Count, month.Events.Select(told => told.Id).Distinct().Count());
    }

    [Fact]
    public void No_two_customers_share_an_id_an_email_or_a_reference()
    {
        var month = Tell(ApiVersionShape.Endive, rounds: 3);
        var created = month.Events.Where(told => told.Type is "customer.created").Select(told => Subject(Parse(told)));
        var references = month.Expected.Select(customer => customer.ClientReferenceId).OfType<string>().ToArray();

        Assert.Equal(3 * ShopMonth.StoryCount, month.Expected.Select(customer => customer.Id).Distinct().Count());
        Assert.Equal(
            3 * ShopMonth.StoryCount,
            created.Select(customer => customer.GetProperty("email").GetString()).Distinct().Count());
        Assert.Equal(references, references.Distinct());
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void The_same_seed_tells_the_same_bytes(ApiVersionShape shape)
    {
        var (first, second) = (Tell(shape), Tell(shape));

        Assert.Equal(first.Events.Select(told => told.Id), second.Events.Select(told => told.Id));
        Assert.Equal(first.Events.Select(Text), second.Events.Select(Text));
        Assert.Equivalent(first.Expected, second.Expected, strict: true);
    }

    [Fact]
    public void Another_seed_tells_of_other_objects()
    {
        var ids = Month(ApiVersionShape.Basil).Answers.Keys;

        Assert.Empty(ids.Intersect(ShopMonth.Tell(ApiVersionShape.Basil, Seed + 1, ShopMonth.StoryCount).Answers.Keys));
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void The_end_of_the_month_does_not_depend_on_the_shape(ApiVersionShape shape) =>
        Assert.Equivalent(Month(ApiVersionShape.Basil).Expected, Tell(shape).Expected, strict: true);

    [Theory, MemberData(nameof(EveryShape))]
    public void Every_type_that_is_understood_appears_and_no_other(ApiVersionShape shape)
    {
        var some = shape >= ApiVersionShape.Basil ? OnlySinceBasil : OnlyUntilBasil;

        Assert.Equal(
            UnderstoodInEveryShape.Concat(some).Order(StringComparer.Ordinal),
            Month(shape).Events.Select(told => told.Type).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void Every_body_says_what_its_event_says(ApiVersionShape shape) => Assert.All(Month(shape).Events, told =>
    {
        var body = Parse(told);
        Assert.Equal("event", body.GetProperty("object").GetString());
        Assert.Equal(told.Id, body.GetProperty("id").GetString());
        Assert.Equal(told.Type, body.GetProperty("type").GetString());
        Assert.Equal(told.Created.ToUnixTimeSeconds(), body.GetProperty("created").GetInt64());
        Assert.Equal(shape.Version, body.GetProperty("api_version").GetString());
        Assert.False(body.GetProperty("livemode").GetBoolean());
        Assert.InRange(body.GetProperty("pending_webhooks").GetInt32(), 1, 3);
        Assert.Equal(JsonValueKind.Object, body.GetProperty("request").ValueKind);
        Assert.Equal(JsonValueKind.Object, Subject(body).ValueKind);
    });

    [Fact]
    public void A_live_month_is_live_throughout_and_has_no_test_clock()
    {
        var month = ShopMonth.Tell(ApiVersionShape.Endive, Seed, ShopMonth.StoryCount, livemode: true);

        Assert.All(month.Events, told => Assert.DoesNotContain("\"livemode\": false", Text(told)));
        Assert.DoesNotContain(month.Events, told => told.Type.StartsWith("test_helpers.", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void Bodies_are_as_long_and_as_wide_as_real_ones(ApiVersionShape shape)
    {
        var month = Month(shape);

        Assert.All(month.Events, told => Assert.InRange(told.Body.Length, 500, 12_000));
        Assert.InRange(month.Events.Average(told => told.Body.Length), 2_000, 5_000);
        Assert.All(month.Events, told => Assert.StartsWith("{\n  \"id\": \"evt_", Text(told)));
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void A_moved_field_is_only_where_its_shape_has_it(ApiVersionShape shape)
    {
        var isBasil = shape >= ApiVersionShape.Basil;
        var subjects = Month(shape).Events.Select(told => Subject(Parse(told))).ToLookup(Kind);
        var subscriptions = subjects["subscription"].ToArray();
        var items = subscriptions.SelectMany(body => Members(body, "items")).ToArray();
        var invoices = subjects["invoice"].ToArray();
        var lines = invoices.SelectMany(body => Members(body, "lines")).ToArray();

        Has(subscriptions, !isBasil, "current_period_start", "current_period_end", "discount");
        Has(items, isBasil, "current_period_start", "current_period_end");
        Has(items, shape > ApiVersionShape.Of2019, "price");
        Has(items, true, "plan", "quantity");
        Has(subscriptions, shape >= ApiVersionShape.Clover, "billing_mode");
        Has(subscriptions, shape >= ApiVersionShape.Endive, "status_details", "customer_account");
        Has(invoices, isBasil, "parent", "total_taxes");
        Has(invoices, !isBasil, "subscription", "subscription_details", "payment_intent", "charge", "paid", "tax");
        Has(invoices, false, "payments", "confirmation_secret");
        Has(lines, isBasil, "pricing", "parent", "taxes");
        Has(lines, !isBasil, "plan", "type", "proration", "subscription_item");
        Has(lines, shape is ApiVersionShape.Of2024, "price");
        Has([.. subjects["charge"], .. subjects["payment_intent"]], !isBasil, "invoice");
        Has([.. subjects["charge"]], shape is ApiVersionShape.Of2019, "refunds");
        Has([.. subjects["payment_intent"]], shape is ApiVersionShape.Of2019, "charges");
        Has([.. subjects["checkout.session"]], isBasil, "collected_information");
        Has([.. subjects["checkout.session"]], shape is ApiVersionShape.Of2024, "shipping_details");
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void Nothing_is_told_before_what_it_needs_exists(ApiVersionShape shape)
    {
        HashSet<string> existing = [];
        foreach (var told in Month(shape).Events)
        {
            var subject = Subject(Parse(told));
            if (told.Type is "customer.created" or "product.created")
            {
                existing.Add(Key(subject));
            }

            var needs = subject.TryGetProperty("customer", out var customer) ? customer.GetString()
                : subject.TryGetProperty("product", out var product) ? product.GetString()
                : null;
            Assert.True(needs is null || existing.Contains(needs), $"{told} names {needs}, which does not exist yet.");
        }
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void An_update_names_what_was_and_nothing_that_still_is(ApiVersionShape shape)
    {
        Dictionary<string, JsonElement> held = [];
        foreach (var told in Month(shape).Events)
        {
            var body = Parse(told);
            var subject = Subject(body);
            var key = Key(subject);
            if (body.GetProperty("data").TryGetProperty("previous_attributes", out var previous))
            {
                Assert.All(previous.EnumerateObject(), was => Assert.True(
                    (!held.TryGetValue(key, out var before) || WasSo(before, was)) && !WasSo(subject, was),
                    $"{told} says {was.Name} was {was.Value}."));
            }

            held[key] = subject;
        }
    }

    [Fact]
    public void Some_objects_change_several_times_within_one_second()
    {
        var ties = Month(ApiVersionShape.Endive).Events
            .Where(told => told.Type is "customer.subscription.updated")
            .GroupBy(told => (told.Created, Key(Subject(Parse(told)))))
            .Max(group => group.Count());

        Assert.True(ties >= 4, $"At most {ties} updates of one subscription share a second.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Some_values_come_back_to_what_they_were_within_a_second_or_later(bool withinOneSecond)
    {
        var subscriptions = Month(ApiVersionShape.Endive).Events
            .Where(told => told.Type.StartsWith("customer.subscription.", StringComparison.Ordinal))
            .GroupBy(told => Key(Subject(Parse(told))));

        Assert.Contains(
            subscriptions,
            told => ThereAndBack([.. told]).Any(span => span == TimeSpan.Zero == withinOneSecond));

        // How long each A → B → A of the quantity took.
        static IEnumerable<TimeSpan> ThereAndBack(IReadOnlyList<ShopEvent> told) =>
            from index in Enumerable.Range(2, Math.Max(0, told.Count - 2))
            let first = Quantity(told[index - 2])
            where first == Quantity(told[index]) && first != Quantity(told[index - 1])
            select told[index].Created - told[index - 1].Created;

        static long Quantity(ShopEvent told) => Subject(Parse(told)).GetProperty("quantity").GetInt64();
    }

    [Fact]
    public void One_fact_is_told_under_two_event_ids()
    {
        var twice = Month(ApiVersionShape.Basil).Events
            .GroupBy(told => (told.Type, told.Created, Parse(told).GetProperty("data").GetRawText()))
            .Where(group => group.Count() > 1);

        Assert.Equal("checkout.session.completed", Assert.Single(twice).Key.Type);
    }

    [Fact]
    public void A_preview_has_no_id()
    {
        var upcoming = Month(ApiVersionShape.Endive).Events.Where(told => told.Type is "invoice.upcoming");

        Assert.False(Subject(Parse(Assert.Single(upcoming))).TryGetProperty("id", out _));
    }

    [Fact]
    public void A_test_clock_runs_ahead_of_the_month()
    {
        var month = Month(ApiVersionShape.Basil);
        var simulated = month.Events.Where(told => IsOnTestClock(Subject(Parse(told))));

        Assert.True(simulated.Max(told => told.Created) > ShopMonth.Opening.AddDays(60));
        Assert.NotEqual(month.Events.OrderBy(told => told.Created), month.Events);

        static bool IsOnTestClock(JsonElement subject) =>
            subject.TryGetProperty("test_clock", out var clock) && clock.ValueKind is JsonValueKind.String;
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void What_Stripe_answers_at_the_end_is_what_the_stories_expect(ApiVersionShape shape)
    {
        var month = Month(shape);
        var answers = month.Answers.Values.Select(answer => JsonElement.Parse(answer)).ToArray();

        Assert.All(month.Expected, customer =>
        {
            Assert.Equal(customer.IsDeleted, Answer(month, customer.Id).TryGetProperty("deleted", out _));
            Assert.All(customer.Subscriptions, expected =>
            {
                var body = Answer(month, expected.Id);
                var item = Assert.Single(Members(body, "items"));
                Assert.Equal(expected.Status, body.GetProperty("status").GetString());
                Assert.Equal(expected.CancelAtPeriodEnd, body.GetProperty("cancel_at_period_end").GetBoolean());
                Assert.Equal(expected.Quantity, item.GetProperty("quantity").GetInt64());
                Assert.Equal(expected.Price, item.GetProperty("plan").GetProperty("id").GetString());
            });
            Assert.All(customer.Purchases, expected =>
            {
                var body = Answer(month, expected.PaymentIntent);
                Assert.Equal(expected.IsPaid, body.GetProperty("status").GetString() is "succeeded");
                Assert.Equal(expected.Paid, body.GetProperty("amount_received").GetInt64());
                var ofIt = answers.Where(answer => IsOf(answer, expected.PaymentIntent)).ToLookup(Kind);
                var refunded = ofIt["charge"].Sum(charge => charge.GetProperty("amount_refunded").GetInt64());
                Assert.Equal(expected.Refunded, expected.IsPaid ? refunded : 0);
                var dispute = ofIt["dispute"].Select(answer => answer.GetProperty("status").GetString());
                Assert.Equal(expected.Dispute, dispute.SingleOrDefault());
            });
        });

        static bool IsOf(JsonElement answer, string intent) =>
            answer.TryGetProperty("payment_intent", out var id) && id.GetString() == intent;
    }

    [Theory, MemberData(nameof(EveryShape))]
    public void What_Stripe_answers_at_the_end_is_what_the_last_event_showed(ApiVersionShape shape)
    {
        var month = Month(shape);
        var last = month.Events.Where(told => !told.Type.EndsWith(".deleted", StringComparison.Ordinal))
            .Select(told => Subject(Parse(told)))
            .Where(subject => subject.TryGetProperty("id", out _))
            .GroupBy(Key)
            .ToDictionary(group => group.Key, group => group.Last());

        Assert.All(last, shown =>
        {
            var answer = Answer(month, shown.Key);
            var isGone = answer.TryGetProperty("deleted", out _) || IsCanceled(answer);
            Assert.True(isGone || JsonElement.DeepEquals(shown.Value, answer), $"{shown.Key} was shown otherwise.");
        });

        static bool IsCanceled(JsonElement answer) =>
            Kind(answer) is "subscription" && answer.GetProperty("status").GetString() is "canceled";
    }

    [Fact]
    public void Names_travel_as_plain_utf8() => Assert.Contains(
        Month(ApiVersionShape.Endive).Events,
        told => Text(told).Contains("Zoë Müller", StringComparison.Ordinal));

    private static ShopMonth Month(ApiVersionShape shape) => Months[shape].Value;

    /// <param name="shape">The shape to tell it in.</param>
    /// <param name="rounds">How often each story is told, each time of another customer.</param>
    private static ShopMonth Tell(ApiVersionShape shape, int rounds = 1) =>
        ShopMonth.Tell(shape, Seed, rounds * ShopMonth.StoryCount);

    private static string Text(ShopEvent told) => Encoding.UTF8.GetString(told.Body);

    private static JsonElement Parse(ShopEvent told) => JsonElement.Parse(told.Body);

    private static JsonElement Answer(ShopMonth month, string id) => JsonElement.Parse(month.Answers[id]);

    private static JsonElement Subject(JsonElement body) => body.GetProperty("data").GetProperty("object");

    private static string Kind(JsonElement subject) => subject.GetProperty("object").GetString()!;

    /// <summary>The id, or for what has none its kind and customer.</summary>
    private static string Key(JsonElement subject) => subject.TryGetProperty("id", out var id)
        ? id.GetString()!
        : $"{Kind(subject)} of {subject.GetProperty("customer").GetString()}";

    private static JsonElement[] Members(JsonElement body, string list) =>
        [.. body.GetProperty(list).GetProperty("data").EnumerateArray()];

    private static void Has(IReadOnlyCollection<JsonElement> bodies, bool expected, params string[] fields)
    {
        Assert.NotEmpty(bodies);
        Assert.All(fields, field => Assert.All(bodies, body => Assert.Equal(
            expected,
            body.TryGetProperty(field, out _))));
    }

    /// <summary>Whether the body says so too; where only a part of an object is named, the part.</summary>
    private static bool WasSo(JsonElement body, JsonProperty was)
    {
        if (!body.TryGetProperty(was.Name, out var value))
        {
            return was.Value.ValueKind is JsonValueKind.Null;
        }

        return (was.Value.ValueKind, value.ValueKind) is (JsonValueKind.Object, JsonValueKind.Object)
            ? was.Value.EnumerateObject().All(part => WasSo(value, part))
            : JsonElement.DeepEquals(was.Value, value);
    }
}
