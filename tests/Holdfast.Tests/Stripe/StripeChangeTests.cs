using System.Text;
using Holdfast.Stripe;

namespace Holdfast.Tests.Stripe;

public sealed class StripeChangeTests : IDisposable
{
    private const string Declined =
        """{"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card","advice_code":"do_not_try_again"}}""";

    private static readonly StripeChange Refund = new()
    {
        Path = "/v1/refunds",
        Form = [("payment_intent", "pi_1"), ("metadata[note]", "a & b")],
        IdempotencyKey = "refund_1",
        Job = StripeJob.Refunds,
        Lane = Lane.Live,
        Cause = "order_1",
    };

    private readonly PolicyBench<LeapingClock> _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_change_bears_its_key_its_form_and_the_key_of_its_job()
    {
        _bench.Keys.Replace(new() { General = "sk_test_general", Refunds = "rk_test_refunds" });
        _bench.Stripe.Answer(200, """{"id":"re_1"}""");

        var made = Assert.IsType<ChangeAnswer.Made>(await ChangeAsync(Refund with { StripeAccount = "acct_1" }));

        Assert.Equal(("""{"id":"re_1"}""", "req_1"), (Encoding.UTF8.GetString(made.Body), made.RequestId));
        var sent = Assert.Single(_bench.Stripe.Requests);
        Assert.Equal(
            ("POST", "/v1/refunds", "payment_intent=pi_1&metadata%5Bnote%5D=a+%26+b"),
            (sent.Method, sent.Uri.AbsolutePath, sent.Body));
        Assert.Equal(
            ("Bearer rk_test_refunds", "refund_1", "acct_1"),
            (sent.Headers["Authorization"], sent.Headers["Idempotency-Key"], sent.Headers["Stripe-Account"]));
    }

    [Fact]
    public async Task What_the_bank_declined_is_told_in_Stripes_codes()
    {
        _bench.Stripe.Answer(402, Declined);

        Assert.Equal(
            new ChangeAnswer.Declined("card_declined", "lost_card", "do_not_try_again", "req_1"), await ChangeAsync(Refund));
    }

    [Theory]
    [InlineData(429, "{}", typeof(ChangeAnswer.Later))]
    [InlineData(401, "{}", typeof(ChangeAnswer.Later))]
    [InlineData(403, "{}", typeof(ChangeAnswer.Later))]
    [InlineData(409, "{}", typeof(ChangeAnswer.Unknown))]
    [InlineData(500, "{}", typeof(ChangeAnswer.Unknown))]
    [InlineData(400, """{"error":{"type":"idempotency_error"}}""", typeof(ChangeAnswer.Parked))]
    [InlineData(400, """{"error":{"type":"invalid_request_error","code":"parameter_missing"}}""", typeof(ChangeAnswer.Refused))]
    [InlineData(404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""", typeof(ChangeAnswer.Refused))]
    public async Task Each_failure_tells_whether_the_change_may_have_been_made(int status, string body, Type expected)
    {
        _bench.Stripe.Otherwise = () => FakeStripe.Response(status, body);

        Assert.IsType(expected, await ChangeAsync(Refund));
    }

    [Fact]
    public async Task A_lost_answer_leaves_doubt_until_a_later_attempt_is_certain()
    {
        var lost = new HttpRequestException(HttpRequestError.ResponseEnded);
        _bench.Stripe.Fail(lost).Answer(429).Answer(429).Answer(429);
        Assert.IsType<ChangeAnswer.Unknown>(await ChangeAsync(Refund));

        _bench.Stripe.Fail(lost).Answer(402, Declined);
        Assert.IsType<ChangeAnswer.Declined>(await ChangeAsync(Refund));

        _bench.Stripe.Fail(lost).Answer(200, "{}");
        Assert.IsType<ChangeAnswer.Made>(await ChangeAsync(Refund));
    }

    [Fact]
    public async Task What_was_not_sent_was_not_done()
    {
        _bench.Stripe.Answer(401);
        await ChangeAsync(Refund);

        var later = Assert.IsType<ChangeAnswer.Later>(await ChangeAsync(Refund));

        Assert.Equal(TimeSpan.FromSeconds(30), later.After);
        Assert.Single(_bench.Stripe.Requests);
    }

    [Fact]
    public async Task Without_a_key_for_it_nothing_is_sent()
    {
        _bench.Keys.Replace(new() { Read = "rk_test_read" });

        var refused = Assert.IsType<ChangeAnswer.Refused>(await ChangeAsync(Refund));

        Assert.Contains("There is no key for Refunds", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(_bench.Stripe.Requests);
    }

    private Task<ChangeAnswer> ChangeAsync(StripeChange change) =>
        _bench.Client.ChangeAsync(change, TestContext.Current.CancellationToken);
}
