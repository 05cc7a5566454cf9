using System.Text;
using Holdfast.Stripe;

namespace Holdfast.Tests.Stripe;

public sealed class StripeClientTests : IDisposable
{
    private static readonly StripeQuestion Question = new()
    {
        Path = "/v1/subscriptions/sub_1",
        Lane = Lane.Live,
        Cause = "evt_1",
    };

    private readonly FakeStripe _stripe = new();

    [Fact]
    public async Task A_question_bears_the_key_the_version_and_the_account()
    {
        await AskAsync(Question with
        {
            Query = [("expand[]", "latest_invoice"), ("limit", "100")],
            StripeAccount = "acct_1",
            ApiVersion = "2024-06-20",
        });

        var sent = Assert.Single(_stripe.Requests);
        Assert.Equal(
            ("GET", "https://stripe.example/v1/subscriptions/sub_1?expand%5B%5D=latest_invoice&limit=100"),
            (sent.Method, sent.Uri.AbsoluteUri));
        Assert.Equal(
            ("Bearer sk_test_invented", "2024-06-20", "acct_1"),
            (sent.Headers["Authorization"], sent.Headers["Stripe-Version"], sent.Headers["Stripe-Account"]));
    }

    [Fact]
    public async Task What_need_not_be_said_is_not_said()
    {
        await AskAsync(Question);

        Assert.Equal(["Authorization"], Assert.Single(_stripe.Requests).Headers.Keys);
    }

    [Fact]
    public async Task An_answer_is_kept_as_Stripe_wrote_it_with_its_moment_version_and_request()
    {
        _stripe.Answer(200, """{"id":"sub_1","new_field":[1]}""", ("Stripe-Version", "2026-10-28.endive"));

        var found = Assert.IsType<StripeAnswer.Found>(await AskAsync(Question));

        Assert.Equal("""{"id":"sub_1","new_field":[1]}""", Encoding.UTF8.GetString(found.Body));
        Assert.Equal(
            (new DateTimeOffset(2026, 3, 1, 12, 0, 5, TimeSpan.Zero), "2026-10-28.endive", "req_1"),
            (found.At, found.ApiVersion, found.RequestId));
    }

    [Fact]
    public async Task What_is_gone_is_missing_as_of_Stripes_own_moment()
    {
        _stripe.Answer(404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""");

        Assert.Equal(
            new StripeAnswer.Missing(new(2026, 3, 1, 12, 0, 5, TimeSpan.Zero), "req_1"), await AskAsync(Question));
    }

    [Theory]
    [InlineData(401, "{}", typeof(StripeAnswer.Later))]
    [InlineData(403, "{}", typeof(StripeAnswer.Later))]
    [InlineData(409, "{}", typeof(StripeAnswer.Later))]
    [InlineData(429, "{}", typeof(StripeAnswer.Later))]
    [InlineData(500, "{}", typeof(StripeAnswer.Later))]
    [InlineData(404, "<html>", typeof(StripeAnswer.Later))]
    [InlineData(400, """{"error":{"type":"invalid_request_error"}}""", typeof(StripeAnswer.Refused))]
    [InlineData(404, """{"error":{"type":"invalid_request_error"}}""", typeof(StripeAnswer.Refused))]
    [InlineData(402, "{}", typeof(StripeAnswer.Refused))]
    public async Task Each_failure_tells_whether_it_is_worth_asking_again(int status, string body, Type expected)
    {
        _stripe.Answer(status, body);

        Assert.IsType(expected, await AskAsync(Question));
    }

    [Fact]
    public async Task What_was_sent_is_not_repeated_in_what_went_wrong()
    {
        _stripe.Answer(
            400,
            """
            {"error":{"type":"invalid_request_error","code":"email_invalid","param":"email",
            "message":"Invalid email address: ada@shop.example"}}
            """);

        Assert.Equal(
            new StripeAnswer.Refused("Stripe answered 400 (invalid, email_invalid, parameter email, req_1)."),
            await AskAsync(Question));
    }

    [Fact]
    public async Task An_answer_without_its_moment_is_none()
    {
        _stripe.Answer(200, "{}", ("Date", ""));

        Assert.Contains(
            "Date", Assert.IsType<StripeAnswer.Later>(await AskAsync(Question)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_asked()
    {
        var answer = await AskAsync(Question, FakeStripe.Keys(general: null));

        Assert.Contains("STRIPE_SECRET_KEY", Assert.IsType<StripeAnswer.Refused>(answer).Reason, StringComparison.Ordinal);
        Assert.Empty(_stripe.Requests);
    }

    [Fact]
    public void Only_what_belongs_to_the_keys_mode_can_be_asked()
    {
        var client = Client(FakeStripe.Keys());

        Assert.Equal((true, false), (client.CanAsk(livemode: false), client.CanAsk(livemode: true)));
        Assert.False(Client(FakeStripe.Keys(general: null)).CanAsk(livemode: false));
    }

    public void Dispose() => _stripe.Dispose();

    private Task<StripeAnswer> AskAsync(StripeQuestion question, StripeKeys? keys = null) =>
        Client(keys ?? FakeStripe.Keys()).AskAsync(question, TestContext.Current.CancellationToken);

    private StripeClient Client(StripeKeys keys) =>
        new(new HttpClient(_stripe) { BaseAddress = new("https://stripe.example") }, keys);
}
