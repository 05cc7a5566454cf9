using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Mirror.Readers;
using Holdfast.Stripe;

namespace Holdfast.Tests.Mirror.Readers;

/// <summary>What holds for each reader and every sample.</summary>
public sealed class EveryReaderTests
{
    [Theory, EverySample]
    public void A_sample_can_be_read(string sample)
    {
        var (type, body) = Open(sample);

        Assert.NotNull(Sample.Read(type, body));
    }

    [Fact]
    public void Every_property_is_told_by_some_sample()
    {
        var read = Sample.Names.Select(Open).Select(sample => Sample.Read(sample.Type, sample.Body)).ToArray();

        var silent =
            from record in read.SelectMany(Records).GroupBy(record => record.GetType())
            from property in record.Key.GetProperties()
            where record.All(one => IsDefault(property.GetValue(one)))
            select $"{record.Key.Name}.{property.Name}";

        Assert.Empty(string.Join(", ", silent));
    }

    [Theory, EverySample]
    public void A_field_nobody_knows_changes_nothing(string sample)
    {
        var (type, body) = Open(sample);
        var later = JsonElement.Parse(
            body.GetRawText().Replace("{", """{"a_field_of_2031":[7],""").Replace(",}", "}"));

        Assert.Equal(Sample.Told(type, body), Sample.Told(type, later));
    }

    [Theory, EverySample]
    public void A_value_of_another_kind_is_read_as_a_missing_one(string sample)
    {
        var (type, body) = Open(sample);

        foreach (var (path, value) in Altered.Properties(body))
        {
            var wrong = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "17" : "true";
            Assert.Equal(
                (path, Sample.Told(type, Altered.With(body, path, ""))),
                (path, Sample.Told(type, Altered.With(body, path, wrong))));
        }
    }

    [Theory, EverySample]
    public void A_null_is_read_as_a_missing_value(string sample)
    {
        var (type, body) = Open(sample);

        foreach (var (path, _) in Altered.Properties(body))
        {
            Assert.Equal(
                (path, Sample.Told(type, Altered.With(body, path, ""))),
                (path, Sample.Told(type, Altered.With(body, path, "null"))));
        }
    }

    [Theory, EverySample]
    public void An_expanded_object_is_read_as_its_bare_id(string sample)
    {
        var (type, body) = Open(sample);

        Assert.Equal(Sample.Told(type, body), Sample.Told(type, Expandable.Expand(body)));
    }

    [Theory, EverySample]
    public void No_client_secret_is_read(string sample)
    {
        var (type, body) = Open(sample);

        Assert.DoesNotContain("_secret_", Sample.Told(type, body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subscription.2026-10-28.endive")]
    [InlineData("invoice.2026-10-28.endive")]
    [InlineData("invoice_payment.2026-10-28.endive")]
    [InlineData("payment_intent.2026-10-28.endive")]
    [InlineData("setup_intent.2026-10-28.endive")]
    [InlineData("charge.2026-10-28.endive")]
    [InlineData("refund.2026-10-28.endive")]
    [InlineData("dispute.2026-10-28.endive")]
    [InlineData("checkout.session.2026-10-28.endive")]
    public void A_status_nobody_knows_passes_through(string sample)
    {
        var (type, body) = Open(sample);

        var record = Sample.Read(type, Altered.With(body, "/status", "\"hibernating\""));

        Assert.Equal("hibernating", record.GetType().GetProperty("Status")!.GetValue(record));
    }

    [Theory]
    [InlineData("customer", "id")]
    [InlineData("product", "id", "name")]
    [InlineData("price", "id", "currency")]
    [InlineData("subscription", "id", "status")]
    [InlineData("invoice", "id", "currency", "amount_due", "amount_paid", "amount_remaining", "total")]
    [InlineData("invoice_payment", "id", "invoice", "status")]
    [InlineData("payment_intent", "id", "status", "amount", "currency")]
    [InlineData("setup_intent", "id", "status")]
    [InlineData("charge", "id", "status", "amount", "currency")]
    [InlineData("refund", "id", "amount", "currency")]
    [InlineData("dispute", "id", "status", "amount", "currency", "charge")]
    [InlineData("checkout.session", "id")]
    [InlineData("entitlements.active_entitlement_summary", "customer")]
    public void Nothing_but_what_every_version_has_is_needed(string type, params string[] fields)
    {
        var whole = Open($"{type}.2026-10-28.endive").Body;
        string[] needed = [.. fields.Select(field => $"/{field}")];

        var bare = Altered.With(whole, (path, _) => needed.Contains(path) ? null : "");

        Assert.NotNull(Sample.Read(type, bare));
        Assert.All(needed, field =>
        {
            var refusal = Assert.Throws<UnreadableObjectException>(
                () => Sample.Read(type, Altered.With(whole, field, "")));
            Assert.Contains($"in \"{field[1..]}\"", refusal.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_refusal_names_the_object_the_field_and_what_to_do()
    {
        var body = JsonElement.Parse("""{"id":"sub_1","object":"subscription","status":7}""");

        var refusal = Assert.Throws<UnreadableObjectException>(() => Subscription.Read(body));

        Assert.Equal(
            "The subscription sub_1 has no text in \"status\", which it has in every API version, so nothing is read "
            + "from it. Fetch it from Stripe and compare.",
            refusal.Message);
    }

    [Fact]
    public void A_refusal_of_what_has_neither_type_nor_id_says_so()
    {
        var refusal = Assert.Throws<UnreadableObjectException>(() => Customer.Read(JsonElement.Parse("{}")));

        Assert.StartsWith("""The object (no id) has no text in "id",""", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("customer", "id", "text")]
    [InlineData("charge", "amount", "integer")]
    [InlineData("dispute", "charge", "id")]
    public void A_refusal_says_what_kind_of_value_it_misses(string type, string field, string kind)
    {
        var body = Altered.With(Open($"{type}.2026-10-28.endive").Body, $"/{field}", "[]");

        var refusal = Assert.Throws<UnreadableObjectException>(() => Sample.Read(type, body));

        Assert.Contains($"has no {kind} in \"{field}\"", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    public void What_is_no_object_is_unreadable(string json)
    {
        var body = JsonElement.Parse(json);

        Assert.All(Types, type => Assert.Throws<UnreadableObjectException>(() => Sample.Read(type, body)));
    }

    [Fact]
    public void No_object_makes_a_reader_throw_anything_else()
    {
        var bodies =
            from name in Gen.Elements(Sample.Names)
            from seed in Gen.Choose(0, int.MaxValue)
            from share in Gen.Elements(3, 10, 40, 200)
            select (name, body: Scramble(Open(name).Body, new Random(seed), share));

        Prop.ForAll(bodies.ToArbitrary(), sample => Types.All(type => IsReadOrRefused(type, sample.body)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true));
    }

    private static readonly string[] Types =
    [
        "customer", "product", "price", "subscription", "invoice", "invoice_payment", "payment_intent", "setup_intent",
        "charge", "refund", "dispute", "checkout.session", "entitlements.active_entitlement_summary",
    ];

    // Every kind of value, the ends of what a number and a moment can be, and text that is no text.
    private static readonly string[] Anything =
    [
        "", "null", "true", "false", "0", "-1", "1.5", "1e400", "9223372036854775807", "-9223372036854775808",
        "9223372036854775808", "253402300799", "253402300800", "-62135596801", "\"\"", "\"x\"", "\"\\ud83d\"",
        "\"0.1\"", "\"1e9\"", "[]", "[null]", "[7]", "[[]]", "[{}]", "{}", """{"id":7}""", """{"id":"\udc00"}""",
        """{"data":7}""",
        """{"data":[null,{},{"id":"x","amount":9223372036854775807}]}""", """{"\ud83d":"x","k":"\ud83d"}""",
        """{"a":"1","a":"2"}""",
        """[{"amount":9223372036854775807},{"amount":9223372036854775807}]""",
    ];

    /// <summary>A record with those that its properties hold.</summary>
    private static IEnumerable<object> Records(object record) =>
    [
        record,
        .. record.GetType().GetProperties()
            .Select(property => property.GetValue(record))
            .SelectMany(value => value is IEnumerable<object> all ? all : [value!])
            .Where(value => value?.GetType().Namespace == typeof(Customer).Namespace)
            .SelectMany(Records),
    ];

    private static bool IsDefault(object? value) => value switch
    {
        null or false or 0L => true,
        string => false,
        System.Collections.IEnumerable all => !all.GetEnumerator().MoveNext(),
        _ => false,
    };

    private static (string Type, JsonElement Body) Open(string name)
    {
        var sample = Sample.Named(name);
        return (sample.Type is "plan" or "sku" ? "price" : sample.Type, sample.Body);
    }

    private static JsonElement Scramble(JsonElement body, Random random, int share) => Altered.With(body, (_, value) =>
        random.Next(share) is not 0 ? null
        : random.Next(4) is 0 ? RandomJson(random, depth: 3)
        : Anything[random.Next(Anything.Length)]);

    private static string RandomJson(Random random, int depth)
    {
        if (depth is 0 || random.Next(3) is 0)
        {
            return Anything[random.Next(1, Anything.Length)];
        }

        var json = new StringBuilder("{\"object\":\"list\"");
        foreach (var name in random.GetItems(Fields, length: 4))
        {
            json.Append($",\"{name}\":{RandomJson(random, depth - 1)}");
        }

        return json.Append('}').ToString();
    }

    private static readonly string[] Fields =
    [
        .. Sample.Names
            .SelectMany(name => Altered.Properties(Sample.BodyOf(name)))
            .Select(property => property.Path.Split('/')[^1])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsReadOrRefused(string type, JsonElement body)
    {
        try
        {
            return Sample.Read(type, body) is not null;
        }
        catch (UnreadableObjectException refusal)
        {
            return refusal.Message.Contains("has no", StringComparison.Ordinal);
        }
    }
}
