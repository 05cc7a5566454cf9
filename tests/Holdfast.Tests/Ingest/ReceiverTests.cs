using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Stripe;
using Holdfast.Telemetry;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Ingest;

public sealed class ReceiverTests
{
    private const string Secret = "whsec_test_3f9c2b7a61d84e50b8a1c7d2e9f04a6b";
    private const string NextSecret = "whsec_test_b71e05d94c6a4f2db3908e5a1f7c22d4";
    private const string OtherSecret = "whsec_test_00aa5512cd784e1f9b0f6f3c2d1e4a59";

    private static readonly Receipt Stored = new Receipt.Stored();

    [Theory, EveryEngine]
    public async Task A_genuine_delivery_is_stored_and_not_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        Assert.Equal(Stored, await door.DeliverAsync(new EventBody()));

        Assert.Equal(1, await door.Shop.Store.NumberAsync("select count(*) from events"));
        Assert.Empty(await door.RefusalsAsync());
    }

    [Theory, EveryEngine]
    public async Task Without_a_header_it_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        await door.RefusesAsync(RefusalCause.NoHeader, new EventBody(), signatures: []);
    }

    [Theory, EveryEngine]
    public async Task With_a_header_nobody_can_read_it_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        await door.RefusesAsync(RefusalCause.MalformedHeader, new EventBody(), signatures: ["nonsense"]);
    }

    [Theory, EveryEngine]
    public async Task Without_a_signature_of_the_scheme_that_counts_it_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var body = new EventBody();
        var signature = door.Sign(body, Secret).Replace("v1=", "v0=", StringComparison.Ordinal);

        await door.RefusesAsync(RefusalCause.MalformedHeader, body, signatures: [signature]);
    }

    [Theory, EveryEngine]
    public async Task Signed_with_another_secret_it_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var body = new EventBody();

        await door.RefusesAsync(RefusalCause.BadSignature, body, signatures: [door.Sign(body, OtherSecret)]);
    }

    [Theory, EveryEngine]
    public async Task With_a_byte_changed_on_the_way_it_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var signature = door.Sign(new EventBody("evt_1"), Secret);

        await door.RefusesAsync(RefusalCause.BadSignature, new EventBody("evt_2"), signatures: [signature]);
    }

    [Theory, EveryEngine]
    public async Task Signed_longer_ago_than_the_tolerance_it_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var body = new EventBody();
        var signature = door.Sign(body, Secret);
        door.Shop.Clock.Advance(TimeSpan.FromSeconds(301));

        await door.RefusesAsync(RefusalCause.TooOld, body, signatures: [signature]);
    }

    [Theory, EveryEngine]
    public async Task Signed_further_in_the_future_than_the_tolerance_it_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var body = new EventBody();

        await door.RefusesAsync(
            RefusalCause.ClockAhead, body, signatures: [door.Sign(body, Secret, TimeSpan.FromSeconds(301))]);
    }

    [Theory, EveryEngine]
    public async Task An_event_of_the_other_mode_is_refused_in_both_directions(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        await door.RefusesAsync(RefusalCause.WrongMode, new EventBody { Livemode = true }, endpoint: "default");
        await door.RefusesAsync(RefusalCause.WrongMode, new EventBody { Livemode = false }, endpoint: "live");
        Assert.Equal(Stored, await door.DeliverAsync(new EventBody("evt_1") { Livemode = true }, "live"));
    }

    [Theory, EveryEngine]
    public async Task An_endpoint_for_both_modes_takes_both(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        Assert.Equal(Stored, await door.DeliverAsync(new EventBody("evt_1") { Livemode = true }, "both"));
        Assert.Equal(Stored, await door.DeliverAsync(new EventBody("evt_1") { Livemode = false }, "both"));
    }

    [Theory, EveryEngine]
    public async Task An_endpoint_of_one_account_takes_only_its_events(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        await door.RefusesAsync(RefusalCause.WrongAccount, new EventBody { Account = "acct_2" }, endpoint: "connect");
        await door.RefusesAsync(RefusalCause.WrongAccount, new EventBody(), endpoint: "connect");
        Assert.Equal(Stored, await door.DeliverAsync(new EventBody { Account = "acct_1" }, "connect"));
    }

    [Theory, EveryEngine]
    public async Task An_endpoint_nobody_configured_refuses_whatever_signed(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        await door.RefusesAsync(RefusalCause.UnknownEndpoint, new EventBody(), endpoint: "nobody");
        await door.RefusesAsync(RefusalCause.UnknownEndpoint, new EventBody(), endpoint: "without_secret");
    }

    [Theory, EveryEngine]
    public async Task An_unknown_endpoint_has_no_secret_that_one_could_sign_with(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var body = new EventBody();

        await door.RefusesAsync(
            RefusalCause.UnknownEndpoint, body, "nobody", [door.Sign(body, "whsec_of_no_endpoint")]);
    }

    [Theory, EveryEngine]
    public async Task A_rightly_signed_body_that_is_no_event_is_refused(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        await door.RefusesAsync(RefusalCause.MalformedBody, "[]");
        await door.RefusesAsync(RefusalCause.MalformedBody, "{\"id\":\"evt_1\",\"object\":\"event\"");
        await door.RefusesAsync(RefusalCause.MalformedBody, "");
    }

    [Theory, EveryEngine]
    public async Task While_a_secret_is_rotated_both_are_taken_and_it_is_counted_which_is_in_use(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var (old, next) = (new EventBody("evt_1"), new EventBody("evt_2"));

        Assert.Equal(Stored, await door.ReceiveAsync("default", old, door.Sign(old, Secret)));
        Assert.Equal(Stored, await door.ReceiveAsync("default", next, door.Sign(next, NextSecret)));

        var counts = await door.Shop.Store.ReadAsync(door.Shop.Counters.AllAsync);
        Assert.Equal(
            (1, 1),
            (counts[Counters.SecretMatched("default", new SigningSecret(Secret).Fingerprint)],
                counts[Counters.SecretMatched("default", new SigningSecret(NextSecret).Fingerprint)]));
    }

    [Theory, EveryEngine]
    public async Task A_secret_that_was_taken_out_counts_no_more_from_the_next_delivery_on(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var body = new EventBody();

        door.Endpoints.Replace(Options(("default", new() { Secrets = { NextSecret } })), StripeMode.Test);

        await door.RefusesAsync(RefusalCause.BadSignature, body, signatures: [door.Sign(body, Secret)]);
        Assert.Equal(Stored, await door.ReceiveAsync("default", body, door.Sign(body, NextSecret)));
        await door.RefusesAsync(RefusalCause.UnknownEndpoint, body, endpoint: "live");
    }

    [Theory, EveryEngine]
    public async Task New_endpoints_that_cannot_be_used_leave_the_old_ones_in_force(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        Assert.Throws<ArgumentException>(() => door.Endpoints.Replace(
            Options(("default", new() { Secrets = { "whsec_with a space" } })), StripeMode.Test));
        var wrong = Assert.Throws<ArgumentException>(() => door.Endpoints.Replace(
            Options(("default", new() { Secrets = { NextSecret }, Mode = "sandbox" })), StripeMode.Test));

        Assert.Equal("The mode \"sandbox\" of the endpoint \"default\" is none: write live, test or both.", wrong.Message);
        Assert.Equal(Stored, await door.DeliverAsync(new EventBody()));
    }

    [Theory, EveryEngine]
    public async Task A_refusal_tells_what_the_request_looked_like_and_nothing_it_said(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);
        var body = new EventBody { Object = """{"id":"cus_1","object":"customer","email":"ada@example.com"}""" };
        var signature = door.Sign(body, OtherSecret, TimeSpan.FromSeconds(-10));

        await door.RefusesAsync(RefusalCause.BadSignature, body, signatures: [signature]);

        var refusal = (await door.RefusalsAsync())[0];
        Assert.Equal(
            ("default", "192.0.2.7", door.Shop.Clock.GetUtcNow()),
            (refusal.Endpoint, refusal.RemoteAddress, refusal.At));
        Assert.Matches("^[0-9a-f]{32}$", refusal.Correlation);
        Assert.Equal(
            $$"""{"signature_headers":1,"signature_header_length":{{signature.Length}},"v1_signatures":1,"""
            + $$"""
            "signed_at":{{refusal.At.ToUnixTimeSeconds() - 10}},"age_seconds":10,"body_bytes":{{body.Bytes.Length}}}
            """,
            refusal.Facts);
    }

    [Theory, EveryEngine]
    public async Task A_request_turned_away_before_it_was_read_is_noted_like_any_other(Engine engine)
    {
        await using var door = await Door.OpenAsync(engine);

        Assert.Equal(
            new Receipt.Refused(RefusalCause.TooLarge),
            door.Receiver.Refuse(door.Receiver.Arrive("default", [], remoteAddress: null), RefusalCause.TooLarge));
        Assert.Equal(
            new Receipt.Refused(RefusalCause.EncodedBody),
            door.Receiver.Refuse(door.Receiver.Arrive("default", [], remoteAddress: null), RefusalCause.EncodedBody));

        Assert.Equal(
            [RefusalCause.EncodedBody, RefusalCause.TooLarge],
            (await door.RefusalsAsync()).Select(refusal => refusal.Cause));
    }

    private static IngestOptions Options(params (string Name, EndpointOptions Endpoint)[] endpoints) => new()
    {
        Endpoints = endpoints.ToDictionary(one => one.Name, one => one.Endpoint, StringComparer.Ordinal),
    };

    /// <summary>A receiver over a whole engine in test mode, with endpoints of every sort.</summary>
    private sealed class Door : IAsyncDisposable
    {
        private readonly GroupCommit _group;
        private readonly RefusalStore _refusals;
        private readonly RefusalLog _log;
        private readonly Task _loop;

        private Door(TestEngine shop)
        {
            Shop = shop;
            var options = Options(
                ("default", new() { Secrets = { Secret, NextSecret } }),
                ("live", new() { Secrets = { Secret }, Mode = "live" }),
                ("both", new() { Secrets = { Secret }, Mode = "both" }),
                ("connect", new() { Secrets = { Secret }, Account = "acct_1" }),
                ("without_secret", new()));
            Endpoints = new(options, StripeMode.Test);
            _group = new(shop.Database, shop.Keeper, new Doorbell(), options, shop.Clock, NullLogger<GroupCommit>.Instance);
            _refusals = new(shop.Database);
            _log = new(shop.Database, _refusals, shop.Counters, shop.Clock, NullLogger<RefusalLog>.Instance);
            Receiver = new(Endpoints, _group, _log, options, shop.Clock, NullLogger<Receiver>.Instance);
            _loop = _group.RunAsync();
        }

        public TestEngine Shop { get; }

        public Endpoints Endpoints { get; }

        public Receiver Receiver { get; }

        public static async Task<Door> OpenAsync(Engine engine) => new(await TestEngine.CreateAsync(engine));

        public string Sign(string body, string secret, TimeSpan late = default)
        {
            var time = (Shop.Clock.GetUtcNow() + late).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            var digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}"));
            return $"t={time},v1={Convert.ToHexStringLower(digest)}";
        }

        public Task<Receipt> DeliverAsync(string body, string endpoint = "default") =>
            ReceiveAsync(endpoint, body, Sign(body, Secret));

        public Task<Receipt> ReceiveAsync(string endpoint, string body, params string[] signatures) => Receiver.ReceiveAsync(
            Receiver.Arrive(endpoint, signatures, "192.0.2.7") with { Body = Encoding.UTF8.GetBytes(body) });

        /// <summary>It is refused for this cause, noted as such, and nothing is stored.</summary>
        public async Task RefusesAsync(
            RefusalCause cause, string body, string endpoint = "default", string[]? signatures = null)
        {
            var before = await Shop.Store.NumberAsync("select count(*) from events");

            Assert.Equal(
                new Receipt.Refused(cause), await ReceiveAsync(endpoint, body, signatures ?? [Sign(body, Secret)]));

            Assert.Equal(cause, (await RefusalsAsync())[0].Cause);
            Assert.Equal(before, await Shop.Store.NumberAsync("select count(*) from events"));
        }

        public async Task<List<Refusal>> RefusalsAsync()
        {
            await _log.FlushAsync();
            return await Shop.Store.ReadAsync(session =>
                _refusals.ListAsync(session, before: null, cause: null, endpoint: null, limit: 100));
        }

        public async ValueTask DisposeAsync()
        {
            _group.Close();
            await _loop;
            await Shop.DisposeAsync();
        }
    }
}
