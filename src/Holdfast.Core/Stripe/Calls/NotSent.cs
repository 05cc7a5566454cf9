using System.Net;
using System.Text;

namespace Holdfast.Stripe.Calls;

/// <summary>
/// A call that was not made, told in the form of an answer of Stripe's, so that any client understands it: its status, an
/// error object, <c>Stripe-Should-Retry: false</c>, and a header that tells it from Stripe's own word.
/// </summary>
internal sealed record NotSent(HttpStatusCode Status, string Why, string Message, TimeSpan After)
{
    /// <summary>Stands in no answer of Stripe's.</summary>
    public const string Header = "Holdfast-Not-Sent";

    public static NotSent KeyRefused(int status) => new(
        (HttpStatusCode)status, "key", "Stripe does not take the key for this now, so nothing is sent.", KeyHealth.Pause);

    public static NotSent CircuitOpen(TimeSpan after) => new(
        HttpStatusCode.ServiceUnavailable, "circuit", "Stripe does not answer now, so nothing is sent.", after);

    public static NotSent BudgetSpent(TimeSpan after) => new(
        HttpStatusCode.TooManyRequests, "budget", "There are too many calls to Stripe waiting, so this one was not sent.", after);

    /// <returns>Null when the answer is Stripe's own.</returns>
    public static NotSent? Read(HttpResponseMessage response) =>
        response.Headers.TryGetValues(Header, out var why)
            ? new(
                response.StatusCode,
                why.First(),
                response.ReasonPhrase ?? "",
                response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero)
            : null;

    public HttpResponseMessage ToResponse(HttpRequestMessage request)
    {
        var response = new HttpResponseMessage(Status)
        {
            RequestMessage = request,
            ReasonPhrase = Message,
            Content = new StringContent(
                $$$"""{"error":{"type":"api_error","code":"holdfast_not_sent","message":"{{{Message}}}"}}""",
                Encoding.UTF8,
                "application/json"),
        };
        response.Headers.Add(Header, Why);
        response.Headers.Add("Stripe-Should-Retry", "false");
        response.Headers.RetryAfter = new(TimeSpan.FromSeconds(Math.Ceiling(After.TotalSeconds)));
        return response;
    }
}
