using System.Net;
using System.Net.Http.Headers;

namespace Holdfast.Stripe;

/// <summary>Asks Stripe. The address, the time-outs and the retries are those of the HTTP client it is given.</summary>
internal sealed class StripeClient(HttpClient http, StripeKeys keys)
{
    /// <summary>How long a caller waits who was told nothing better.</summary>
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(5);

    /// <summary>Whether there is a key that reads what belongs to this mode.</summary>
    public bool CanAsk(bool livemode) =>
        keys.For(StripeJob.Read) is { } key && (key.Mode is StripeMode.Live) == livemode;

    /// <summary>Reads something. It may take as long as the attempts and the delays between them.</summary>
    public async Task<StripeAnswer> AskAsync(StripeQuestion question, CancellationToken ct)
    {
        if (keys.For(StripeJob.Read) is not { } key)
        {
            return new StripeAnswer.Refused("There is no key for reading: set STRIPE_SECRET_KEY or STRIPE_READ_KEY.");
        }

        try
        {
            using var request = Request(question, key);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            return await AnswerAsync(response, ct);
        }
        catch (HttpRequestException exception)
        {
            return new StripeAnswer.Later($"Stripe cannot be reached: {exception.HttpRequestError}.", AWhile);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new StripeAnswer.Later("Stripe did not answer in time.", AWhile);
        }
    }

    private static HttpRequestMessage Request(StripeQuestion question, StripeKey key)
    {
        var query = string.Join('&', question.Query.Select(
            pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"));
        var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(query is "" ? question.Path : $"{question.Path}?{query}", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", key.Text);
        if (question.ApiVersion is not null)
        {
            request.Headers.TryAddWithoutValidation("Stripe-Version", question.ApiVersion);
        }

        if (question.StripeAccount is not "")
        {
            request.Headers.TryAddWithoutValidation("Stripe-Account", question.StripeAccount);
        }

        return request;
    }

    private static async Task<StripeAnswer> AnswerAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var id = Header(response.Headers, "Request-Id");
        var named = $"Stripe answered {(int)response.StatusCode}{(id is null ? "" : $" ({id})")}.";
        if (response.Headers.Date is not { } at)
        {
            return new StripeAnswer.Later($"{named[..^1]} without the header Date, which is needed.", AWhile);
        }

        return response.StatusCode switch
        {
            HttpStatusCode.OK => new StripeAnswer.Found(
                await response.Content.ReadAsByteArrayAsync(ct), at, Header(response.Headers, "Stripe-Version"), id),
            HttpStatusCode.NotFound => new StripeAnswer.Missing(at, id),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Conflict
                or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new StripeAnswer.Later(named, AWhile),
            _ => new StripeAnswer.Refused(named),
        };
    }

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
