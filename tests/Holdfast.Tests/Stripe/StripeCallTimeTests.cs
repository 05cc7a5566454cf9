using Holdfast.Stripe;
using Holdfast.Stripe.Calls;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Stripe;

/// <summary>What the policy does with calls that take long, and with those that must wait for each other.</summary>
public sealed class StripeCallTimeTests : IDisposable
{
    private const string Locked = """{"error":{"type":"invalid_request_error","code":"lock_timeout"}}""";

    private readonly PolicyBench<ManualClock> _bench = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task An_attempt_that_is_not_answered_in_its_time_is_given_up()
    {
        _bench.Stripe.Hang();
        var call = _bench.PostAsync(idempotencyKey: null);
        await _bench.Stripe.AskedAsync();

        _bench.Clock.Advance(_bench.Calls.Options.AttemptTimeout);

        var given = await Assert.ThrowsAsync<TaskCanceledException>(() => call);
        Assert.IsType<TimeoutException>(given.InnerException);
        var record = Assert.Single(_bench.Calls.Records.Take().Waiting);
        Assert.Equal(("no_answer", _bench.Calls.Options.AttemptTimeout), (record.Failure, record.Duration));
    }

    [Fact]
    public async Task The_whole_call_ends_in_its_time()
    {
        using var bench = new PolicyBench<LeapingClock>();
        for (var i = 0; i < 4; i++)
        {
            bench.Stripe.Then(_ =>
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(18));
                throw new HttpRequestException(HttpRequestError.ResponseEnded);
            });
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => bench.GetAsync());

        // Three attempts and two delays: with another, it would have taken more than a minute.
        Assert.Equal(3, bench.Stripe.Requests.Count);
    }

    [Fact]
    public async Task A_caller_who_goes_away_says_nothing_about_Stripe()
    {
        for (var i = 0; i < Circuit.MaxFailures; i++)
        {
            using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            _bench.Stripe.Hang();
            var call = _bench.Client.AskAsync(
                new() { Path = "/v1/events", Lane = Lane.Live, Cause = "a test" }, caller.Token);
            await _bench.Stripe.AskedAsync();
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        Assert.Null(_bench.Calls.Circuit.Closes());
        Assert.Equal(Circuit.MaxFailures, _bench.Calls.Records.Take().Waiting.Count);
    }

    [Fact]
    public async Task Calls_on_an_object_that_was_locked_go_one_after_another_and_others_beside_them()
    {
        var answered = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Stripe.Answer(429, Locked, ("Stripe-Should-Retry", "false")).Then(_ => answered.Task);
        using var locked = await _bench.PostAsync("/v1/subscriptions/sub_1");
        await _bench.Stripe.AskedAsync();

        var first = _bench.PostAsync("/v1/subscriptions/sub_1");
        await _bench.Stripe.AskedAsync();
        var second = _bench.PostAsync("/v1/subscriptions/sub_1/cancel");
        using var other = await _bench.PostAsync("/v1/subscriptions/sub_2");
        Assert.Equal(3, _bench.Stripe.Requests.Count);

        answered.SetResult(FakeStripe.Response(200, "{}"));
        using var one = await first;
        using var two = await second;
        Assert.Equal(4, _bench.Stripe.Requests.Count);
    }
}
