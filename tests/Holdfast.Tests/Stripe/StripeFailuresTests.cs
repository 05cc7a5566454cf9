using System.Text;
using Holdfast.Stripe.Calls;

namespace Holdfast.Tests.Stripe;

public sealed class StripeFailuresTests
{
    private const string Begin = "<!-- The table is written from src/Holdfast.Core/Stripe/Calls/StripeFailures.cs. -->\n\n";
    private const string End = "\n<!-- End of the table. -->\n";

    /// <summary>Set to yes, the test writes the page anew.</summary>
    private const string WritePages = "HOLDFAST_WRITE_PAGES";

    [Theory]
    [InlineData(400, "invalid_request_error", "parameter_missing", StripeFailure.Invalid)]
    [InlineData(400, "idempotency_error", null, StripeFailure.OtherParameters)]
    [InlineData(400, null, null, StripeFailure.Trouble)]
    [InlineData(401, "invalid_request_error", "api_key_expired", StripeFailure.KeyRefused)]
    [InlineData(401, null, null, StripeFailure.KeyRefused)]
    [InlineData(402, "card_error", "card_declined", StripeFailure.Declined)]
    [InlineData(402, "invalid_request_error", null, StripeFailure.Declined)]
    [InlineData(403, "invalid_request_error", null, StripeFailure.Forbidden)]
    [InlineData(404, "invalid_request_error", "resource_missing", StripeFailure.Missing)]
    [InlineData(404, "invalid_request_error", null, StripeFailure.Invalid)]
    [InlineData(404, "some_v2_type", "not_found", StripeFailure.Missing)]
    [InlineData(404, null, null, StripeFailure.Trouble)]
    [InlineData(409, "invalid_request_error", "idempotency_key_in_use", StripeFailure.InProgress)]
    [InlineData(424, "api_error", null, StripeFailure.Trouble)]
    [InlineData(429, "invalid_request_error", "rate_limit", StripeFailure.RateLimited)]
    [InlineData(429, "invalid_request_error", "lock_timeout", StripeFailure.Locked)]
    [InlineData(429, null, null, StripeFailure.RateLimited)]
    [InlineData(500, "api_error", null, StripeFailure.Trouble)]
    [InlineData(500, "card_error", "card_declined", StripeFailure.Trouble)]
    [InlineData(504, null, null, StripeFailure.Trouble)]
    [InlineData(302, null, null, StripeFailure.Trouble)]
    internal void The_status_decides_and_then_the_code(int status, string? type, string? code, StripeFailure expected)
    {
        var error = type is null ? null : new StripeError(type, code, DeclineCode: null, AdviceCode: null, Param: null);

        Assert.Equal(expected, StripeFailures.Of(new FailedAnswer(status, error)).Failure);
    }

    [Fact]
    public void Each_failure_has_one_row() =>
        Assert.Equal(Enum.GetValues<StripeFailure>(), StripeFailures.All.Select(rule => rule.Failure));

    [Theory]
    [InlineData("""{"error":{"type":"card_error","code":"c","decline_code":"d","advice_code":"a","param":"p"}}""", true)]
    [InlineData("""{"error":"no object"}""", false)]
    [InlineData("""{"error":{"type":7}}""", false)]
    [InlineData("""[]""", false)]
    [InlineData("<html>", false)]
    [InlineData("", false)]
    public void Only_an_error_as_Stripe_writes_them_is_one(string body, bool isError) => Assert.Equal(
        isError ? new StripeError("card_error", "c", "d", "a", "p") : null, StripeError.Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void The_page_shows_the_table_as_it_is()
    {
        var path = Page();
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable(WritePages) is "yes")
        {
            File.WriteAllText(path, page[..begin] + StripeFailures.ToMarkdown() + page[end..]);
            return;
        }

        Assert.True(
            page[begin..end] == StripeFailures.ToMarkdown(),
            $"docs/stripe-errors.md does not show the table as it is in code. Run this test with {WritePages}=yes to write it.");
    }

    private static string Page()
    {
        var here = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(here, "Holdfast.slnx")))
        {
            here = Path.GetDirectoryName(here) ?? throw new InvalidOperationException("Run the tests inside the repository.");
        }

        return Path.Combine(here, "docs", "stripe-errors.md");
    }
}
