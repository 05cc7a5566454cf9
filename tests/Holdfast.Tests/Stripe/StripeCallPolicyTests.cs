using System.Net;
using Holdfast.Alerts;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;

namespace Holdfast.Tests.Stripe;

public sealed class StripeCallPolicyTests : IDisposable
{
    private const string Away = """{"error":{"type":"api_error"}}""";
    private const string Wrong = """{"error":{"type":"invalid_request_error","code":"parameter_unknown","param":"limit"}}""";

    private const string Held = """{"error":{"type":"invalid_request_error","code":"lock_timeout"}}""";

    private readonly PolicyBench<LeapingClock> _bench = new();

    private FakeStripe Stripe => _bench.Stripe;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(500, Away, 4)]
    [InlineData(503, "<html>", 4)]
    [InlineData(424, Away, 4)]
    [InlineData(302, "", 4)]
    [InlineData(404, "<html>", 4)]
    [InlineData(409, """{"error":{"type":"invalid_request_error","code":"idempotency_key_in_use"}}""", 4)]
    [InlineData(429, """{"error":{"type":"invalid_request_error","code":"rate_limit"}}""", 4)]
    [InlineData(429, """{"error":{"type":"invalid_request_error","code":"lock_timeout"}}""", 4)]
    [InlineData(400, Wrong, 1)]
    [InlineData(400, """{"error":{"type":"idempotency_error"}}""", 1)]
    [InlineData(401, """{"error":{"type":"invalid_request_error"}}""", 1)]
    [InlineData(402, """{"error":{"type":"card_error","code":"card_declined"}}""", 1)]
    [InlineData(403, """{"error":{"type":"invalid_request_error"}}""", 1)]
    [InlineData(404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""", 1)]
    public async Task What_may_pass_is_tried_four_times_and_the_rest_once(int status, string body, int attempts)
    {
        Stripe.Otherwise = () => FakeStripe.Response(status, body);

        using var response = await _bench.GetAsync();

        Assert.Equal(((HttpStatusCode)status, attempts), (response.StatusCode, Stripe.Requests.Count));
        Assert.Equal(body, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_connection_that_fails_is_tried_four_times_and_then_thrown()
    {
        for (var i = 0; i < 4; i++)
        {
            Stripe.Fail(new HttpRequestException(HttpRequestError.ConnectionError));
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => _bench.GetAsync());

        Assert.Equal(4, Stripe.Requests.Count);
    }

    [Fact]
    public async Task The_delays_are_1_2_and_4_seconds_a_little_more_or_less()
    {
        Stripe.Otherwise = () => FakeStripe.Response(500, Away);

        using var response = await _bench.GetAsync();

        Assert.Collection(
            _bench.Clock.Delays,
            first => Assert.InRange(first.TotalSeconds, 0.75, 1.25),
            second => Assert.InRange(second.TotalSeconds, 1.5, 2.5),
            third => Assert.InRange(third.TotalSeconds, 3, 5));
    }

    [Fact]
    public async Task The_first_success_ends_it()
    {
        Stripe.Answer(500, Away).Answer(200, """{"id":"cus_1"}""");

        using var response = await _bench.GetAsync();

        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, Stripe.Requests.Count));
    }

    [Theory]
    [InlineData(500, Away, "false", 1)]
    [InlineData(409, Away, "false", 1)]
    [InlineData(401, Away, "true", 2)]
    [InlineData(403, Away, "true", 2)]
    [InlineData(402, Away, "true", 1)]
    [InlineData(400, Wrong, "true", 1)]
    public async Task Stripes_word_on_trying_again_wins_but_never_for_what_cannot_pass(
        int status, string body, string word, int attempts)
    {
        Stripe.Answer(status, body, ("Stripe-Should-Retry", word));

        using var response = await _bench.GetAsync();

        Assert.Equal(attempts, Stripe.Requests.Count);
    }

    [Fact]
    public async Task It_waits_as_long_as_Stripe_asks()
    {
        Stripe.Answer(503, Away, ("Retry-After", "7"));

        using var response = await _bench.GetAsync();

        Assert.Equal([TimeSpan.FromSeconds(7)], _bench.Clock.Delays);
    }

    [Fact]
    public async Task It_does_not_wait_beyond_its_time_but_tells_how_long_Stripe_asked_for()
    {
        Stripe.Answer(503, Away, ("Retry-After", "120"));

        var answer = await _bench.Client.AskAsync(
            new() { Path = "/v1/customers/cus_1", Lane = Lane.Live, Cause = "evt_1" }, TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromMinutes(2), Assert.IsType<StripeAnswer.Later>(answer).After);
        Assert.Single(Stripe.Requests);
    }

    [Fact]
    public async Task What_is_posted_without_a_key_is_sent_once()
    {
        Stripe.Answer(500, Away);

        using var response = await _bench.PostAsync(idempotencyKey: null);

        Assert.Equal((HttpStatusCode.InternalServerError, 1), (response.StatusCode, Stripe.Requests.Count));
    }

    [Fact]
    public async Task What_is_posted_again_bears_the_same_key_and_the_same_body()
    {
        Stripe.Fail(new HttpRequestException(HttpRequestError.ResponseEnded)).Answer(500, Away);

        using var response = await _bench.PostAsync();

        Assert.Equal(
            Enumerable.Repeat(("key 1", "amount=100"), 3),
            Stripe.Requests.Select(sent => (sent.Headers["Idempotency-Key"], sent.Body!)));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_none()
    {
        Stripe.Then(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(new BrokenStream()) { Headers = { ContentType = new("application/json") } },
        }));

        using var response = await _bench.GetAsync();

        Assert.Equal(2, Stripe.Requests.Count);
        Assert.Equal(["no_answer", null], _bench.Calls.Records.Take().Waiting.Select(record => record.Failure));
    }

    [Fact]
    public async Task An_answer_larger_than_any_of_Stripes_is_refused_and_not_asked_for_again()
    {
        Stripe.Then(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(new byte[StripeCallPolicy.MaxAnswerBytes + 1])
            {
                Headers = { ContentType = new("application/json") },
            },
        }));

        var answer = await _bench.Client.AskAsync(
            new() { Path = "/v1/customers/cus_1", Lane = Lane.Live, Cause = "evt_1" }, TestContext.Current.CancellationToken);

        Assert.Contains("too_large", Assert.IsType<StripeAnswer.Refused>(answer).Reason, StringComparison.Ordinal);
        Assert.Single(Stripe.Requests);
    }

    [Fact]
    public async Task What_is_no_JSON_goes_through_as_it_comes()
    {
        using var content = new StreamContent(new BrokenStream()) { Headers = { ContentType = new("application/pdf") } };
        using var file = new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        Stripe.Then(_ => Task.FromResult(file));
        using var request = PolicyBench<LeapingClock>.Request(HttpMethod.Get, "/v1/quotes/qt_1/pdf");
        using var invoker = new HttpMessageInvoker(new StripeCallPolicy(_bench.Calls) { InnerHandler = Stripe }, false);
        request.RequestUri = new(new Uri("https://stripe.example"), request.RequestUri!);

        Assert.Same(file, await invoker.SendAsync(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Each_attempt_is_recorded_without_what_was_sent()
    {
        Stripe.Answer(500, Away, ("Request-Id", "req_a")).Answer(200, "{}", ("Request-Id", "req_b"));

        await _bench.Client.AskAsync(
            new()
            {
                Path = "/v1/subscriptions/sub_1",
                Query = [("email", "ada@shop.example")],
                StripeAccount = "acct_1",
                Lane = Lane.Confirm,
                Cause = "evt_1",
            },
            TestContext.Current.CancellationToken);

        var records = _bench.Calls.Records.Take().Waiting;
        Assert.Equal(
            [("req_a", 500L, "trouble", 1L), ("req_b", 200L, null, 2L)],
            records.Select(record => (record.RequestId, record.Status!.Value, record.Failure, record.Attempt)));
        Assert.Single(records.DistinctBy(record => record.Correlation));
        Assert.All(records, record => Assert.Equal(
            ("GET", "/v1/subscriptions/sub_1", "acct_1", Lane.Confirm, "evt_1", "node 1"),
            (record.Method, record.Path, record.StripeAccount, record.Lane, record.Cause, record.Node)));
        Assert.DoesNotContain("ada", string.Join(' ', records), StringComparison.Ordinal);
        Assert.DoesNotContain("invented", string.Join(' ', records), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event=evt_7", "evt_7")]
    [InlineData("cron", "cron")]
    [InlineData(null, "application")]
    public async Task Any_other_caller_is_of_the_lane_live_and_may_say_for_which_event(string? trigger, string cause)
    {
        var request = PolicyBench<LeapingClock>.Request(HttpMethod.Get, "/v1/customers/cus_1");
        if (trigger is not null)
        {
            request.Headers.Add("Stripe-Request-Trigger", trigger);
        }

        using var response = await _bench.SendAsync(request);

        var record = Assert.Single(_bench.Calls.Records.Take().Waiting);
        Assert.Equal((Lane.Live, cause), (record.Lane, record.Cause));
    }

    [Fact]
    public async Task While_Stripe_is_away_nothing_is_sent_until_one_call_finds_it_back()
    {
        for (var i = 0; i < Circuit.MaxFailures; i++)
        {
            Stripe.Answer(500, Away, ("Stripe-Should-Retry", "false"));
            using var failed = await _bench.GetAsync();
        }

        using var local = await _bench.GetAsync();
        _bench.Clock.Advance(Circuit.FirstPause);
        using var trial = await _bench.GetAsync();
        using var next = await _bench.GetAsync();

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "circuit", "false"),
            (local.StatusCode, Header(local, "Holdfast-Not-Sent"), Header(local, "Stripe-Should-Retry")));
        Assert.Contains(
            "\"type\":\"api_error\"",
            await local.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, Circuit.MaxFailures + 2),
            (trial.StatusCode, next.StatusCode, Stripe.Requests.Count));
        Assert.Contains("stripe_away api.stripe.com: passed", Alerts());
    }

    [Fact]
    public async Task What_is_known_of_the_attempts_made_is_told_when_there_can_be_no_other()
    {
        for (var i = 0; i < Circuit.MaxFailures + 3; i++)
        {
            Stripe.Answer(500, Away, ("Request-Id", $"req_{i}"));
        }

        using var first = await _bench.PostAsync();
        using var second = await _bench.PostAsync();

        Assert.Equal((HttpStatusCode.InternalServerError, "req_4"), (second.StatusCode, Header(second, "Request-Id")));
        Assert.Contains("stripe_away api.stripe.com: raised", Alerts());
    }

    [Fact]
    public async Task While_a_key_is_refused_nothing_is_changed_and_a_read_shows_when_it_works_again()
    {
        Stripe.Answer(401, """{"error":{"type":"invalid_request_error"}}""");
        using var refused = await _bench.GetAsync();
        Assert.Equal(["STRIPE_SECRET_KEY"], _bench.Calls.Keys.NotWorking);
        Assert.Contains("stripe_key STRIPE_SECRET_KEY: raised", Alerts());

        using var local = await _bench.PostAsync();
        using var read = await _bench.GetAsync();
        using var change = await _bench.PostAsync();

        Assert.Equal(
            (HttpStatusCode.Unauthorized, "key", HttpStatusCode.OK, HttpStatusCode.OK),
            (local.StatusCode, Header(local, "Holdfast-Not-Sent"), read.StatusCode, change.StatusCode));
        Assert.Equal(["GET", "GET", "POST"], Stripe.Requests.Select(sent => sent.Method));
        Assert.Empty(_bench.Calls.Keys.NotWorking);
        Assert.Contains("stripe_key STRIPE_SECRET_KEY: passed", Alerts());
    }

    [Fact]
    public async Task Where_nothing_is_read_one_change_now_and_then_may_show_that_the_key_works()
    {
        Stripe.Answer(401);
        using var refused = await _bench.PostAsync();
        _bench.Clock.Advance(KeyHealth.Pause);
        Stripe.Answer(401);

        using var trial = await _bench.PostAsync();
        using var local = await _bench.PostAsync();

        Assert.Equal((null, "key"), (Header(trial, "Holdfast-Not-Sent"), Header(local, "Holdfast-Not-Sent")));
        Assert.Equal(2, Stripe.Requests.Count);
    }

    [Fact]
    public async Task What_is_forbidden_is_held_back_and_nothing_else()
    {
        Stripe.Answer(403, """{"error":{"type":"invalid_request_error"}}""");
        using var refused = await _bench.PostAsync("/v1/refunds");

        using var local = await _bench.PostAsync("/v1/refunds");
        using var other = await _bench.PostAsync("/v1/customers");
        using var read = await _bench.GetAsync("/v1/refunds/re_1");

        Assert.Equal(
            ("key", HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK),
            (Header(local, "Holdfast-Not-Sent"), local.StatusCode, other.StatusCode, read.StatusCode));
        Assert.Contains("stripe_key STRIPE_SECRET_KEY: change refunds: raised", Alerts());
    }

    [Fact]
    public async Task Too_many_calls_lower_the_budget_and_a_lock_does_not()
    {
        Stripe.Answer(429, Held, ("Stripe-Should-Retry", "false"));
        using var locked = await _bench.GetAsync();
        Assert.Equal(1000, _bench.Calls.Budget.PerSecond);

        Stripe.Answer(429, "{}", ("Stripe-Should-Retry", "false"), ("Stripe-Rate-Limited-Reason", "resource-specific"));
        using var specific = await _bench.GetAsync();
        Assert.Equal(1000, _bench.Calls.Budget.PerSecond);

        Stripe.Answer(429, "{}", ("Stripe-Should-Retry", "false"), ("Stripe-Rate-Limited-Reason", "global-rate"));
        using var limited = await _bench.GetAsync();
        Assert.Equal(500, _bench.Calls.Budget.PerSecond);
    }

    [Theory]
    [InlineData(400, Wrong, AlertKinds.StripeRequest)]
    [InlineData(400, """{"error":{"type":"idempotency_error"}}""", AlertKinds.StripeRequest)]
    [InlineData(401, "{}", AlertKinds.StripeKey)]
    [InlineData(403, "{}", AlertKinds.StripeKey)]
    [InlineData(402, "{}", null)]
    [InlineData(404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""", null)]
    [InlineData(409, "{}", null)]
    [InlineData(429, "{}", null)]
    [InlineData(500, "{}", null)]
    public async Task Each_failure_raises_its_alert_or_none(int status, string body, string? kind)
    {
        Stripe.Answer(status, body, ("Stripe-Should-Retry", "false"));

        using var response = await _bench.GetAsync();

        var raised = _bench.Calls.Alerts.Take().Where(one => one.Value is not null).Select(one => one.Key.Kind);
        Assert.Equal(kind, raised.SingleOrDefault());
    }

    [Fact]
    public async Task A_call_refused_as_wrong_raises_an_alert_that_tells_what_and_shows_nothing_of_it()
    {
        Stripe.Answer(400, Wrong);

        using var response = await _bench.GetAsync("/v1/customers/cus_1?email=ada@shop.example");

        var (key, message) = Assert.Single(
            _bench.Calls.Alerts.Take(), one => one.Key.Kind is AlertKinds.StripeRequest);
        Assert.Equal("GET /v1/customers/{id}", key.Subject);
        Assert.Contains("parameter_unknown, parameter limit, req_1", message, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", message, StringComparison.Ordinal);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private List<string> Alerts() =>
    [
        .. _bench.Calls.Alerts.Take()
            .Select(one => $"{one.Key.Kind} {one.Key.Subject}: {(one.Value is null ? "passed" : "raised")}"),
    ];

    private sealed class BrokenStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("It broke off.");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
