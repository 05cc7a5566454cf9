using System.Globalization;
using System.Net;
using System.Text;

namespace Holdfast.EndToEnd;

/// <summary>What strangers send. Whatever it is, they learn nothing but that it was refused.</summary>
[Collection(ServerTests.Name)]
public sealed class HostileInputTests(RunningServer running) : IClassFixture<RunningServer>
{
    private const int MaxBody = 1024 * 1024;
    private const string Secret = ServerProcess.Secret;
    private const string Refused = """{"error":"refused"}""";

    // The event's own, not its object's.
    private const string Created = "\"created\":1767225600,\"livemode\":false,\n";
    private const string Livemode = "\"livemode\":false,\n\"type\"";

    private readonly ServerProcess _server = running.Process;

    /// <summary>How to write the headers of a request whose body would be taken in under the right one.</summary>
    private static readonly Dictionary<string, Func<Signed, string[]>> Headers = new()
    {
        ["none"] = _ => [],
        ["an empty one"] = _ => [Header("")],
        ["two right ones"] = signed => [Header(signed.Right), Header(signed.Right)],
        ["a wrong one and a right one"] = signed => [Header(signed.Wrong(1)), Header(signed.Right)],
        ["commas only"] = _ => [Header(",,,,")],
        ["no time"] = signed => [Header($"v1={signed.Mac}")],
        ["the time twice"] = signed => [Header($"t={signed.Time},{signed.Right}")],
        ["another time first"] = signed => [Header($"t=1,{signed.Right}")],
        ["a negative time"] = signed => [Header(signed.Under($"-{signed.Time}"))],
        ["a time beyond an int64"] = signed => [Header(signed.Under("9223372036854775808"))],
        ["a time of many digits"] = signed => [Header(signed.Under(new string('1', 4000)))],
        ["a time with a fraction"] = signed => [Header(signed.Under($"{signed.Time}.0"))],
        ["a time with an exponent"] = signed => [Header(signed.Under("1e10"))],
        ["a time with a plus"] = signed => [Header(signed.Under($"+{signed.Time}"))],
        ["a time with a space"] = signed => [Header($"t= {signed.Time},v1={signed.Mac}")],
        ["a time in Arabic digits"] = signed => [Header(signed.Under("١٧٦٧٢٢٥٦٠٠"))],
        ["no v1"] = signed => [Header($"t={signed.Time}")],
        ["only v0"] = signed => [Header($"t={signed.Time},v0={signed.Mac}")],
        ["V1 in capitals"] = signed => [Header($"t={signed.Time},V1={signed.Mac}")],
        ["v1 after a space"] = signed => [Header($"t={signed.Time}, v1={signed.Mac}")],
        ["a v1 in upper case"] = signed => [Header($"t={signed.Time},v1={signed.Mac.ToUpperInvariant()}")],
        ["a v1 of odd length"] = signed => [Header($"t={signed.Time},v1={signed.Mac[..63]}")],
        ["half a v1"] = signed => [Header($"t={signed.Time},v1={signed.Mac[..32]}")],
        ["an empty v1"] = signed => [Header($"t={signed.Time},v1=")],
        ["a v1 and more"] = signed => [Header($"t={signed.Time},v1={signed.Mac}00")],
        ["a v1 that is not hex"] = signed => [Header($"t={signed.Time},v1={new string('g', 64)}")],
        ["a v1 in full-width letters"] = signed => [Header($"t={signed.Time},v1={new string('ａ', 64)}")],
        ["16 wrong v1"] = signed => [Header(signed.Wrong(16))],
        ["more v1 than are looked at, the last one right"] = signed => [Header($"{signed.Wrong(100)},v1={signed.Mac}")],
        ["8 kB of it"] = signed => [Header($"{signed.Right},v9={new string('x', 8 * 1024)}")],
        ["a stale one"] = signed => [Header(signed.Off(seconds: -310))],
        ["one from the future"] = signed => [Header(signed.Off(seconds: 310))],
        ["one by another secret"] = signed => [Header(StripeEvent.Sign(signed.Body, "whsec_of_somebody_else"))],
        ["one by the secret without its prefix"] =
            signed => [Header(StripeEvent.Sign(signed.Body, Secret["whsec_".Length..]))],
        ["one of other bytes"] = signed => [Header(StripeEvent.Sign([.. signed.Body, (byte)' '], Secret))],
    };

    /// <summary>Bodies that are refused although they are rightly signed.</summary>
    private static readonly Dictionary<string, byte[]> Bodies = new()
    {
        ["nothing"] = [],
        ["a byte order mark"] = [0xEF, 0xBB, 0xBF, .. StripeEvent.Of("evt_1")],
        ["UTF-16"] = Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(StripeEvent.Of("evt_1"))),
        ["broken UTF-8"] = [.. StripeEvent.Of("evt_1")[..^10], 0xC3, 0x28, .. StripeEvent.Of("evt_1")[^10..]],
        ["a NUL"] = [.. StripeEvent.Of("evt_1"), 0],
        ["an id twice"] = With("\"id\":\"evt_1\"", "\"id\":\"evt_1\",\"id\":\"evt_2\""),
        ["an id twice, once escaped"] = With("\"id\":\"evt_1\"", "\"id\":\"evt_1\",\"\\u0069d\":\"evt_2\""),
        ["a name twice in the object"] = StripeEvent.Of("evt_1", more: ",\"balance\":1,\"balance\":2"),
        ["10,000 arrays in each other"] =
            StripeEvent.Of("evt_1", more: $",\"deep\":{new string('[', 10_000)}{new string(']', 10_000)}"),
        ["10,000 objects never closed"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000))),
        ["a number beyond a double"] = StripeEvent.Of("evt_1", more: ",\"balance\":1e400"),
        ["half a surrogate pair"] = StripeEvent.Of("evt_1", more: ",\"name\":\"\\ud800\""),
        ["a NUL in the id"] = With("\"evt_1\"", "\"evt_\\u0000\""),
        ["a huge id"] = With("\"evt_1\"", $"\"evt_{new string('1', 100_000)}\""),
        ["a huge type"] = StripeEvent.Of("evt_1", new string('x', 900_000)),
        ["an empty id"] = With("\"evt_1\"", "\"\""),
        ["an id that is a number"] = With("\"evt_1\"", "1"),
        ["no id"] = With("\"id\":\"evt_1\",", ""),
        ["no type"] = With("\"type\":\"customer.created\",", ""),
        ["no livemode"] = With(",\"livemode\":false,\n\"type\"", ",\"type\""),
        ["a livemode in quotes"] = With(Livemode, "\"livemode\":\"false\",\n\"type\""),
        ["a created that is text"] = With(Created, "\"created\":\"now\",\"livemode\":false,\n"),
        ["a created beyond all years"] = With(Created, "\"created\":9e15,\"livemode\":false,\n"),
        ["no data"] =
            """{"id":"evt_1","object":"event","created":1,"livemode":false,"type":"a.b"}"""u8.ToArray(),
        ["null"] = "null"u8.ToArray(),
        ["an array"] = [.. "["u8, .. StripeEvent.Of("evt_1"), .. "]"u8],
        ["text"] = "\"evt_1\""u8.ToArray(),
        ["a form"] = "id=evt_1&object=event"u8.ToArray(),
        ["two events"] = [.. StripeEvent.Of("evt_1"), .. StripeEvent.Of("evt_2")],
        ["half an event"] = StripeEvent.Of("evt_1")[..100],
        ["a comment"] = [.. "/* */"u8, .. StripeEvent.Of("evt_1")],
        ["a trailing comma"] = StripeEvent.Of("evt_1", more: ","),
        ["another object"] = With("\"object\":\"event\"", "\"object\":\"invoice\""),
        ["the other mode"] = With(Livemode, "\"livemode\":true,\n\"type\""),
    };

    public static TheoryData<string> HeaderNames => [.. Headers.Keys];

    public static TheoryData<string> BodyNames => [.. Bodies.Keys];

    [Theory]
    [MemberData(nameof(HeaderNames))]
    public async Task A_signature_header_like_this_is_refused(string name)
    {
        var signed = new Signed(StripeEvent.Of("evt_never_taken"));

        AssertRefused(await RawRequest.PostAsync(_server, signed.Body, Headers[name](signed)));
    }

    [Theory]
    [MemberData(nameof(BodyNames))]
    public async Task A_rightly_signed_body_like_this_is_refused(string name)
    {
        var body = Bodies[name];

        AssertRefused(await RawRequest.PostAsync(_server, body, Header(StripeEvent.Sign(body, Secret))));
    }

    [Fact]
    public async Task The_same_requests_are_taken_in_when_nothing_is_wrong_with_them()
    {
        var signed = new Signed(StripeEvent.Of("evt_fine"));

        // Fifteen that do not match, and unknown schemes, must not hide the one that does.
        Assert.Equal(200, (await RawRequest.PostAsync(_server, signed.Body, Header(signed.Right))).Status);
        Assert.Equal(200, (await RawRequest.PostAsync(
            _server, signed.Body, Header($"{signed.Wrong(15)},v1={signed.Mac},v0=00,v9=x"))).Status);
    }

    [Fact]
    public async Task A_header_of_10000_signatures_is_refused_by_the_server_itself()
    {
        var signed = new Signed(StripeEvent.Of("evt_never_taken"));

        var answer = await RawRequest.PostAsync(_server, signed.Body, Header(signed.Wrong(10_000)));

        Assert.Equal(431, answer.Status);
    }

    [Theory]
    [InlineData("a NUL in it", "t=1,v1=\0")]
    [InlineData("a line of its own", "t=1,v1=00\r\n folded")]
    public async Task A_header_that_is_no_header_is_refused_by_the_server_itself(string name, string value)
    {
        Assert.NotEmpty(name);
        Assert.Equal(400, (await RawRequest.PostAsync(_server, StripeEvent.Of("evt_1"), Header(value))).Status);
    }

    [Theory]
    [InlineData("Content-Length: 5", "Content-Length: 6")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: many")]
    [InlineData("Transfer-Encoding: rot13")]
    public async Task A_request_whose_length_cannot_be_known_is_refused(params string[] headers)
    {
        var answer = await RawRequest.SendAsync(_server, RawRequest.Head(_server, headers), "hello"u8.ToArray());

        Assert.InRange(answer.Status, 400, 499);
    }

    [Fact]
    public async Task A_broken_chunk_is_refused_and_is_no_error_of_the_server()
    {
        var answer = await RawRequest.SendAsync(
            _server,
            RawRequest.Head(_server, Header("t=1,v1=00"), "Transfer-Encoding: chunked"),
            "zz\r\nhello\r\n"u8.ToArray());

        Assert.Equal((400, Refused), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_body_of_1_MiB_is_taken_in()
    {
        var body = Padded(MaxBody);

        Assert.Equal(HttpStatusCode.OK, (await _server.DeliverAsync(body)).Status);
    }

    [Fact]
    public async Task A_larger_body_is_refused_by_its_length_before_it_is_sent()
    {
        var answer = await RawRequest.SendAsync(_server, RawRequest.Head(
            _server, Header("t=1,v1=00"), "Expect: 100-continue", $"Content-Length: {MaxBody + 1}"));

        Assert.Equal((413, Refused), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_larger_body_in_chunks_is_refused_too()
    {
        var body = Padded(MaxBody + 1);
        var head = RawRequest.Head(_server, Header(StripeEvent.Sign(body, Secret)), "Transfer-Encoding: chunked");
        byte[][] chunks = [.. body.Chunk(64 * 1024).Select(AsChunk), "0\r\n\r\n"u8.ToArray()];

        var answer = await RawRequest.SendAsync(_server, [head, .. chunks]);

        Assert.Equal((413, Refused), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_body_in_chunks_is_taken_in()
    {
        var body = StripeEvent.Of("evt_chunks");
        var head = RawRequest.Head(_server, Header(StripeEvent.Sign(body, Secret)), "Transfer-Encoding: chunked");

        byte[][] chunks = [.. body.Chunk(7).Select(AsChunk), "0\r\n\r\n"u8.ToArray()];

        var answer = await RawRequest.SendAsync(_server, [head, .. chunks]);

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate, gzip")]
    [InlineData("identity")]
    [InlineData("made-up")]
    public async Task A_body_in_any_content_encoding_is_refused(string encoding)
    {
        var body = StripeEvent.Of("evt_never_taken");

        var answer = await RawRequest.PostAsync(
            _server, body, Header(StripeEvent.Sign(body, Secret)), $"Content-Encoding: {encoding}");

        Assert.Equal((415, Refused), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task An_endpoint_that_is_not_configured_answers_like_any_refusal()
    {
        var body = StripeEvent.Of("evt_never_taken");

        var answer = await _server.DeliverAsync(body, StripeEvent.Sign(body, Secret), "/webhooks/stripe/nobodys");

        Assert.Equal((HttpStatusCode.BadRequest, Refused), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_webhook_takes_nothing_but_a_post()
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            var answer = await _server.CallAsync(method, "/webhooks/stripe");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        }
    }

    [Fact]
    public async Task Either_of_two_secrets_is_accepted_and_counted_by_its_place()
    {
        var body = StripeEvent.Of("evt_rolled");
        string[] secrets = [RunningServer.FirstSecret, RunningServer.SecondSecret, RunningServer.SecondSecret];
        foreach (var secret in secrets)
        {
            var answer = await _server.DeliverAsync(body, StripeEvent.Sign(body, secret), "/webhooks/stripe/rolled");
            Assert.Equal(HttpStatusCode.OK, answer.Status);
        }

        var matched = (await _server.GetAsync("/api/v1/stats")).GetProperty("secrets_matched");
        Assert.Equal(1, matched.GetProperty("rolled:1").GetInt64());
        Assert.Equal(2, matched.GetProperty("rolled:2").GetInt64());
    }

    [Fact]
    public async Task A_sender_that_hangs_up_half_way_leaves_nothing_behind()
    {
        var body = StripeEvent.Of("evt_half");
        var head = RawRequest.Head(_server, Header(StripeEvent.Sign(body, Secret)), $"Content-Length: {body.Length}");

        await RawRequest.HangUpAfterAsync(_server, [.. head, .. body[..100]]);

        Assert.Equal(HttpStatusCode.OK, (await _server.DeliverAsync(StripeEvent.Of("evt_whole"))).Status);
        var half = await _server.CallAsync(HttpMethod.Get, "/api/v1/events/evt_half");
        Assert.Equal(HttpStatusCode.NotFound, half.Status);
    }

    private static void AssertRefused(RawAnswer answer)
    {
        Assert.Equal((400, Refused), (answer.Status, answer.Body));
        Assert.Equal(
            $"Content-Length: {Refused.Length}\nConnection: close\nContent-Type: application/json\nDate\n"
            + "Server: Kestrel\nHoldfast-Correlation-Id",
            answer.StableHeaders);
    }

    private static string Header(string value) => $"Stripe-Signature: {value}";

    private static byte[] With(string from, string to)
    {
        var text = Encoding.UTF8.GetString(StripeEvent.Of("evt_1"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }

    private static byte[] Padded(int length)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"evt_of_{length}");
        var bare = StripeEvent.Of(id, more: ",\"description\":\"\"");
        var body = StripeEvent.Of(id, more: $",\"description\":\"{new string('x', length - bare.Length)}\"");
        Assert.Equal(length, body.Length);
        return body;
    }

    private static byte[] AsChunk(byte[] part) =>
        [.. Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"), .. part, .. "\r\n"u8];

    /// <summary>A body, and the right signature of it, to be spoilt.</summary>
    private sealed record Signed(byte[] Body)
    {
        public string Time { get; } = StripeEvent.Seconds(DateTimeOffset.UtcNow);

        public string Mac => StripeEvent.Mac(Time, Body, Secret);

        public string Right => Under(Time);

        /// <summary>Signed under a time that is written otherwise.</summary>
        public string Under(string time) => $"t={time},v1={StripeEvent.Mac(time, Body, Secret)}";

        public string Off(int seconds) => StripeEvent.Sign(Body, Secret, DateTimeOffset.UtcNow.AddSeconds(seconds));

        public string Wrong(int count) =>
            $"t={Time},{string.Join(',', Enumerable.Range(0, count).Select(number => $"v1={number:x64}"))}";
    }
}
