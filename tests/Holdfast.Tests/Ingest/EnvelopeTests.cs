using System.Globalization;
using System.Text;
using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

public sealed class EnvelopeTests
{
    private const string Snapshot =
        """
        {
          "id": "evt_1Snapshot", "object": "event", "account": "acct_1Connected", "api_version": "2026-10-28.endive",
          "created": 1767225600,
          "data": {
            "object": { "id": "in_1Paid", "object": "invoice", "customer": { "id": "cus_1", "object": "customer" } },
            "previous_attributes": { "id": 5, "object": false }
          },
          "livemode": true, "pending_webhooks": 1,
          "request": { "id": "req_1Cause", "idempotency_key": "key" },
          "type": "invoice.paid"
        }
        """;

    private const string Thin =
        """
        {
          "id": "evt_test_1Thin", "object": "v2.core.event", "type": "v1.invoice.paid", "livemode": false,
          "created": "2026-01-01T01:00:00.250+01:00", "context": "acct_1Connected",
          "related_object": { "id": "in_1Paid", "type": "invoice", "url": "/v1/invoices/in_1Paid" },
          "reason": { "type": "request", "request": { "id": "req_1Cause", "idempotency_key": "key" } }
        }
        """;

    private const string ThinCreated = "\"2026-01-01T01:00:00.250+01:00\"";

    private const string NotSeconds = "\"created\" is missing, or not whole seconds";
    private const string NoMoment = "\"created\" is missing, or not an ISO 8601 time";
    private const string NoObjectId = "\"data.object.id\" is not 1 to 255 characters without a control character.";

    private static readonly DateTimeOffset Created = DateTimeOffset.FromUnixTimeSeconds(1767225600);

    [Fact]
    public void A_snapshot_event_tells_all_that_keeping_it_needs() => Assert.Equal(
        new Envelope
        {
            Id = new("evt_1Snapshot"),
            Type = "invoice.paid",
            Created = Created,
            Livemode = true,
            StripeAccount = "acct_1Connected",
            ApiVersion = "2026-10-28.endive",
            IsThin = false,
            ObjectType = "invoice",
            ObjectId = "in_1Paid",
            RequestId = "req_1Cause",
        },
        Sound(Snapshot));

    [Fact]
    public void A_thin_event_tells_all_that_keeping_it_needs()
    {
        var envelope = Sound(Thin);

        Assert.Equal(
            new Envelope
            {
                Id = new("evt_test_1Thin"),
                Type = "v1.invoice.paid",
                Created = Created.AddMilliseconds(250),
                Livemode = false,
                StripeAccount = "acct_1Connected",
                ApiVersion = null,
                IsThin = true,
                ObjectType = "invoice",
                ObjectId = "in_1Paid",
                RequestId = "req_1Cause",
            },
            envelope);
        Assert.Equal(TimeSpan.Zero, envelope.Created.Offset);
    }

    [Theory]
    [InlineData("""{"id":"evt_1","object":"event","type":"t","created":0,"livemode":false,"data":{"object":{}}}""")]
    [InlineData(
        """
        {"id":"evt_1","object":"v2.core.event","type":"t","created":"1970-01-01T00:00:00Z","livemode":false}
        """)]
    [InlineData(
        """
        {"id":"evt_1","object":"event","type":"t","created":0,"livemode":false,"account":null,"api_version":null,
         "request":null,"data":{"object":{"id":null,"object":null}}}
        """)]
    [InlineData(
        """
        {"id":"evt_1","object":"v2.core.event","type":"t","created":"1970-01-01T00:00:00Z","livemode":false,
         "context":null,"related_object":null,"reason":null}
        """)]
    public void What_is_optional_may_be_missing_or_null(string body)
    {
        var envelope = Sound(body);

        Assert.Equal(
            new()
            {
                Id = new("evt_1"),
                Type = "t",
                Created = DateTimeOffset.UnixEpoch,
                Livemode = false,
                IsThin = envelope.IsThin,
            },
            envelope);
    }

    [Fact]
    public void The_order_and_the_escapes_of_names_do_not_matter() => Assert.Equal(
        Sound(Snapshot),
        Sound("""
            {"type":"invoice.p\u0061id","livemode":true,"request":{"id":"req_1Cause"},
             "d\u0061ta":{"object":{"\u006fbject":"invoice","id":"in_1Paid"}},"created":1767225600,
             "api_version":"2026-10-28.endive","\u0061ccount":"acct_1Connected","object":"event","id":"evt_1Snapshot"}
            """));

    [Fact]
    public void Fields_of_the_same_names_elsewhere_are_not_mistaken_for_its_own() => Assert.Equal(
        Sound(Snapshot),
        Sound(With("""
            "x":[{"id":"evt_2","data":{"object":{"id":"in_2"}}},"id"],"y":{"request":{"id":"req_2"},"account":"acct_2"},
            "context":"acct_2","related_object":{"id":"in_2"},"reason":{"request":{"id":"req_2"}}
            """)));

    [Fact]
    public void The_fields_of_the_other_kind_may_be_anything()
    {
        Assert.Equal(Sound(Snapshot), Sound(With("\"context\":5,\"related_object\":[],\"reason\":true")));
        Assert.Equal(
            Sound(Thin),
            Sound(Thin.Replace("\"context\"", """
                "account":5,"request":[],"data":0,"api_version":{},"context"
                """)));
    }

    [Fact]
    public void The_request_of_an_old_API_version_is_a_bare_id() => Assert.Equal(
        "req_1Old",
        Sound(Snapshot.Replace("""{ "id": "req_1Cause", "idempotency_key": "key" }""", "\"req_1Old\"")).RequestId);

    [Theory]
    [InlineData("Gold plan, 2026 ☕")]
    [InlineData("WINTER 50%")]
    [InlineData("-")]
    public void The_id_of_an_object_may_be_a_merchants_own(string id) =>
        Assert.Equal(id, Sound(Snapshot.Replace("in_1Paid", id)).ObjectId);

    [Theory]
    [InlineData("\"__proto__\":{\"__proto__\":1}")]
    [InlineData("\"constructor\":{\"prototype\":{}}")]
    [InlineData("\"\":\"\"")]
    [InlineData("\"x\":\"\\u0000 \\ud83d\\ude00 \\\\ud800 \u007F\"")]
    [InlineData("\"\\u0000\":0,\"\\ud83d\\ude00\":1")]
    [InlineData("\"x\":[1e308,-1e308,1e-400,0e999,1.7976931348623157e308,123456789012345678901234567890]")]
    [InlineData("\"a\":{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]}},\"b\":{\"a\":1}")]
    [InlineData("\"A\":1,\"a\":2,\"a\\u0000\":3,\"a \":4,\"á\":5,\"a\u0301\":6")]
    public void Strange_but_unambiguous_content_is_kept(string members) =>
        Assert.Equal(Sound(Snapshot), Sound(With(members)));

    [Fact]
    public void A_text_may_fill_a_megabyte() =>
        Assert.Equal(Sound(Snapshot), Sound(With($"\"x\":\"{new string('x', 1_000_000)}\"")));

    [Theory]
    [InlineData("", "The body is empty.")]
    [InlineData("\uFEFF{}", "The body begins with a byte order mark.")]
    [InlineData(" ", "The body is not JSON, at byte ")]
    [InlineData("{", "The body is not JSON, at byte ")]
    [InlineData("{\"id\":\"evt_1\"", "The body is not JSON, at byte ")]
    [InlineData("{\"id\":\"evt_1\",}", "The body is not JSON, at byte ")]
    [InlineData("{'id':1}", "The body is not JSON, at byte ")]
    [InlineData("{}{}", "The body is not JSON, at byte ")]
    [InlineData("{} x", "The body is not JSON, at byte ")]
    [InlineData("{}\0", "The body is not JSON, at byte ")]
    [InlineData("{/**/}", "The body is not JSON, at byte ")]
    [InlineData("{\"x\":\"a\nb\"}", "The body is not JSON, at byte ")]
    [InlineData("{\"x\":\"a\0b\"}", "The body is not JSON, at byte ")]
    [InlineData("{\"a\tb\":1}", "The body is not JSON, at byte ")]
    [InlineData("{\"x\":\"\\x41\"}", "The body is not JSON, at byte ")]
    [InlineData("{\"x\":01}", "The body is not JSON, at byte ")]
    [InlineData("{\"x\":NaN}", "The body is not JSON, at byte ")]
    [InlineData("[]", "The body is not a JSON object.")]
    [InlineData("null", "The body is not a JSON object.")]
    [InlineData("\"event\"", "The body is not a JSON object.")]
    [InlineData("1", "The body is not a JSON object.")]
    public void What_is_no_JSON_object_is_refused(string body, string reason) =>
        Refused(reason, body);

    [Theory]
    [InlineData((byte)0x80)]
    [InlineData((byte)0xC0, (byte)0xAF)]
    [InlineData((byte)0xE9)]
    [InlineData((byte)0xED, (byte)0xA0, (byte)0x80)]
    [InlineData((byte)0xF4, (byte)0x90, (byte)0x80, (byte)0x80)]
    [InlineData((byte)0xFF)]
    public void Bytes_that_are_no_UTF_8_are_refused_wherever_they_stand(params byte[] bytes)
    {
        byte[] body = [.. "{\"x\":[\""u8, .. bytes, .. "\"],"u8, .. Encoding.UTF8.GetBytes(Snapshot)[1..]];

        Assert.Equal(new EnvelopeCheck.Malformed("The body is not UTF-8."), Envelope.Read(body));
    }

    [Theory]
    [InlineData("\"id\":\"evt_2\"")]
    [InlineData("\"\\u0069d\":\"evt_2\"")]
    [InlineData("\"i\\u0064\":null")]
    [InlineData("\"x\":{\"a\":1,\"a\":1}")]
    [InlineData("\"x\":{\"a\":{\"a\":1,\"b\":2},\"b\":[{\"a\":1}],\"a\":1}")]
    [InlineData("\"x\":[[{\"\":1,\"\":2}]]")]
    [InlineData("\"x\":{\"\\u0061\":1,\"a\":2}")]
    [InlineData("\"x\":{\"\\u00e9\":1,\"é\":2}")]
    [InlineData("\"x\":{\"\\ud83d\\ude00\":1,\"\\uD83D\\uDE00\":2}")]
    [InlineData("\"x\":{\"\\/\":1,\"/\":2}")]
    [InlineData("\"x\":{\"__proto__\":1,\"__proto__\":2}")]
    public void A_name_used_twice_in_one_object_is_refused(string members) =>
        Refused("An object has the same name twice", With(members));

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(9_000)]
    public void A_name_used_twice_is_found_however_far_apart(int between) => Refused(
        "An object has the same name twice",
        With($"\"x\":{{\"a\":{Wide(between)},{Wide(between)[1..^1]},\"a\":0}}"));

    [Fact]
    public void An_object_may_have_10_000_names_and_no_more()
    {
        Assert.Equal(Sound(Snapshot), Sound(With($"\"x\":{Wide(10_000)},\"y\":{Wide(10_000)}")));
        Refused("An object has more than 10000 names", With($"\"x\":{Wide(10_001)}"));
    }

    [Fact]
    public void Nesting_may_be_64_deep_and_no_deeper()
    {
        Assert.Equal(Sound(Snapshot), Sound(With($"\"x\":{Deep(63)}")));
        Assert.All([64, 65, 66, 10_000], depth =>
            Refused("Objects and arrays are nested more than 64 deep", With($"\"x\":{Deep(depth)}")));
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1E+309")]
    [InlineData("1.8e308")]
    [InlineData("1e99999999999999999999")]
    [InlineData("{\"deep\":[[1e400]]}")]
    public void A_number_beyond_a_double_is_refused(string value) =>
        Refused("A number is too large", With($"\"x\":{value}"));

    [Fact]
    public void A_number_too_long_for_a_double_is_refused_without_an_exponent()
    {
        Assert.Equal(Sound(Snapshot), Sound(With($"\"x\":{new string('1', 309)}")));
        Refused("A number is too large", With($"\"x\":{new string('2', 309)}"));
    }

    [Theory]
    [InlineData("\"x\":\"\\ud800\"")]
    [InlineData("\"x\":\"\\udc00\"")]
    [InlineData("\"x\":\"\\ude00\\ud83d\"")]
    [InlineData("\"x\":\"\\ud83d\\ud83d\\ude00\"")]
    [InlineData("\"x\":\"\\ud83d\\ude00\\ude00\"")]
    [InlineData("\"x\":\"\\ud83d \\ude00\"")]
    [InlineData("\"x\":\"\\ud83d\\n\\ude00\"")]
    [InlineData("\"x\":\"\\ud83d\\u0041\"")]
    [InlineData("\"x\":\"text \\uDBFF\"")]
    [InlineData("\"x\":[{\"y\":\"\\\\\\ud800\"}]")]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"x\":{\"a\\udfff\":1}")]
    public void Half_a_character_is_refused_in_names_and_in_texts(string members) =>
        Refused("An escape stands for half a character", With(members));

    [Theory]
    [InlineData("\"evt_1Snapshot\"", "null", "\"id\" is missing.")]
    [InlineData("\"evt_1Snapshot\"", "5", "\"id\" is not a text.")]
    [InlineData("\"evt_1Snapshot\"", "\"\"", "\"id\" is not 1 to 255 visible ASCII characters.")]
    [InlineData("\"evt_1Snapshot\"", "\"evt 1\"", "\"id\" is not 1 to 255 visible ASCII characters.")]
    [InlineData("\"evt_1Snapshot\"", "\"evt_\\u0000\"", "\"id\" is not 1 to 255 visible ASCII characters.")]
    [InlineData("\"evt_1Snapshot\"", "\"evt_\\n\"", "\"id\" is not 1 to 255 visible ASCII characters.")]
    [InlineData("\"evt_1Snapshot\"", "\"evt_é\"", "\"id\" is not 1 to 255 visible ASCII characters.")]
    [InlineData("\"event\"", "\"EVENT\"", "\"object\" is neither \"event\" nor \"v2.core.event\".")]
    [InlineData("\"event\"", "\"invoice\"", "\"object\" is neither \"event\" nor \"v2.core.event\".")]
    [InlineData("\"event\"", "null", "\"object\" is neither \"event\" nor \"v2.core.event\".")]
    [InlineData("\"event\"", "{}", "\"object\" is not a text.")]
    [InlineData("\"invoice.paid\"", "null", "\"type\" is missing.")]
    [InlineData("\"invoice.paid\"", "[]", "\"type\" is not a text.")]
    [InlineData("\"invoice.paid\"", "\"\"", "\"type\" is not 1 to 255 visible ASCII characters.")]
    [InlineData("1767225600", "null", NotSeconds)]
    [InlineData("1767225600", "\"1767225600\"", NotSeconds)]
    [InlineData("1767225600", "\"2026-01-01T00:00:00Z\"", NotSeconds)]
    [InlineData("1767225600", "1767225600.5", NotSeconds)]
    [InlineData("1767225600", "253402300800", NotSeconds)]
    [InlineData("1767225600", "-62135596801", NotSeconds)]
    [InlineData("1767225600", "99999999999999999999", NotSeconds)]
    [InlineData("true", "null", "\"livemode\" is missing, or neither true nor false.")]
    [InlineData("true", "\"true\"", "\"livemode\" is missing, or neither true nor false.")]
    [InlineData("true", "1", "\"livemode\" is missing, or neither true nor false.")]
    [InlineData("\"acct_1Connected\"", "5", "\"account\" is not a text.")]
    [InlineData("\"acct_1Connected\"", "\"\"", "\"account\" is not 1 to 255 visible ASCII characters.")]
    [InlineData("\"2026-10-28.endive\"", "20261028", "\"api_version\" is not a text.")]
    [InlineData("\"in_1Paid\"", "7", "\"data.object.id\" is not a text.")]
    [InlineData("\"in_1Paid\"", "\"\"", NoObjectId)]
    [InlineData("\"in_1Paid\"", "\"in\\u0000\"", NoObjectId)]
    [InlineData("\"in_1Paid\"", "\"in\\u0085\"", NoObjectId)]
    [InlineData("\"invoice\"", "{}", "\"data.object.object\" is not a text.")]
    [InlineData("\"req_1Cause\"", "1", "\"request.id\" is not a text.")]
    [InlineData("\"data\"", "\"date\"", "\"data.object\" is missing, or not an object.")]
    public void A_snapshot_event_with_a_wrong_field_is_refused(string right, string wrong, string reason) =>
        Refused(reason, Snapshot.Replace(right, wrong));

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"in_1Paid\"")]
    [InlineData("0")]
    public void A_snapshot_event_without_its_object_is_refused(string value) => Assert.Equal(
        "\"data.object\" is missing, or not an object.",
        Malformed($$"""
            {"id":"evt_1","object":"event","type":"t","created":0,"livemode":false,"data":{"object":{{value}} } }
            """));

    [Theory]
    [InlineData("\"id\":\"evt_1\"", "\"id\"")]
    [InlineData("\"object\":\"event\"", "\"object\"")]
    [InlineData("\"type\":\"t\"", "\"type\"")]
    [InlineData("\"created\":0", "\"created\"")]
    [InlineData("\"livemode\":false", "\"livemode\"")]
    [InlineData("\"data\":{\"object\":{}}", "\"data.object\"")]
    public void A_snapshot_event_without_a_field_that_it_needs_is_refused(string member, string name)
    {
        const string Body =
            """
            {"id":"evt_1","object":"event","type":"t","created":0,"livemode":false,"data":{"object":{}},"x":1}
            """;

        Refused(name, Body.Replace(member + ",", ""));
    }

    [Theory]
    [InlineData("\"evt_test_1Thin\"", "null", "\"id\" is missing.")]
    [InlineData("\"v1.invoice.paid\"", "null", "\"type\" is missing.")]
    [InlineData("\"livemode\": false", "\"livemode\": null", "\"livemode\" is missing, or neither true nor false.")]
    [InlineData(ThinCreated, "null", NoMoment)]
    [InlineData(ThinCreated, "1767225600", NoMoment)]
    [InlineData(ThinCreated, "\"2026-01-01\"", NoMoment)]
    [InlineData(ThinCreated, "\"2026-01-01T01:00:00\"", NoMoment)]
    [InlineData(ThinCreated, "\"2026-01-01T01:00:00.250\"", NoMoment)]
    [InlineData(ThinCreated, "\"0001-01-01T00:00:00+14:00\"", NoMoment)]
    [InlineData(ThinCreated, "\"10000-01-01T00:00:00Z\"", NoMoment)]
    [InlineData(ThinCreated, "\"yesterday\"", NoMoment)]
    [InlineData("\"acct_1Connected\"", "{}", "\"context\" is not a text.")]
    [InlineData("\"in_1Paid\"", "5", "\"related_object.id\" is not a text.")]
    [InlineData("\"invoice\"", "5", "\"related_object.type\" is not a text.")]
    [InlineData("\"req_1Cause\"", "5", "\"reason.request.id\" is not a text.")]
    public void A_thin_event_with_a_wrong_field_is_refused(string right, string wrong, string reason) =>
        Refused(reason, Thin.Replace(right, wrong));

    [Theory]
    [InlineData("-62135596800")]
    [InlineData("-1")]
    [InlineData("253402300799")]
    public void An_event_may_happen_in_any_year_there_is(string seconds) => Assert.Equal(
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)),
        Sound(Snapshot.Replace("1767225600", seconds)).Created);

    [Fact]
    public void A_refusal_quotes_nothing_from_the_body()
    {
        string[] members = ["\"x\":{\"Jo\":1,\"Jo\":2}", "\"Jo\":1e400", "\"Jo\":\"Jo\\ud800\"", "\"Jo\":Jo"];

        Assert.All(members, it => Assert.DoesNotContain("Jo", Malformed(With(it)), StringComparison.Ordinal));
    }

    // The snapshot event with more members, at the end.
    private static string With(string members) => $"{Snapshot[..^1]},{members}}}";

    private static string Wide(int names) =>
        $"{{{string.Join(',', Enumerable.Range(0, names).Select(n => $"\"n{n}\":{n}"))}}}";

    private static string Deep(int depth) => new string('[', depth) + new string(']', depth);

    private static Envelope Sound(string body) =>
        Assert.IsType<EnvelopeCheck.Sound>(Envelope.Read(Encoding.UTF8.GetBytes(body))).Envelope;

    private static void Refused(string reason, string body) =>
        Assert.StartsWith(reason, Malformed(body), StringComparison.Ordinal);

    private static string Malformed(string body) =>
        Assert.IsType<EnvelopeCheck.Malformed>(Envelope.Read(Encoding.UTF8.GetBytes(body))).Reason;
}
