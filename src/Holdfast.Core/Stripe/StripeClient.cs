using System.Runtime.CompilerServices;
using Holdfast.Stripe.Calls;

namespace Holdfast.Stripe;

/// <summary>
/// Asks Stripe. The address, the time-outs and the retries are those of the HTTP client it is given: see
/// <see cref="StripeCallPolicy"/>.
/// </summary>
internal sealed class StripeClient(HttpClient http, StripeKeys keys)
{
    /// <summary>How long a caller waits who was told nothing better.</summary>
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(5);

    /// <summary>Whether it is the mode of the keys, those there are and those that may come.</summary>
    public bool IsOfMode(bool livemode) => (keys.Mode is StripeMode.Live) == livemode;

    /// <summary>Whether there is a key that reads what belongs to this mode.</summary>
    public bool CanAsk(bool livemode) =>
        keys.For(StripeJob.Read) is { } key && (key.Mode is StripeMode.Live) == livemode;

    /// <summary>Reads something. It may take as long as all attempts together: <see cref="StripeOptions.CallTimeout"/>.</summary>
    public async Task<StripeAnswer> AskAsync(StripeQuestion question, CancellationToken ct)
    {
        if (keys.For(StripeJob.Read) is not { } key)
        {
            return new StripeAnswer.Refused("There is no key for reading: set STRIPE_SECRET_KEY or STRIPE_READ_KEY.");
        }

        using var request = Request(HttpMethod.Get, Address(question), key);
        Say(request, question.StripeAccount, question.ApiVersion, new(question.Lane, question.Cause));
        return await SendAsync(request, ct) switch
        {
            Reply.Good { At: { } at } good => new StripeAnswer.Found(good.Body, at, good.ApiVersion, good.RequestId),
            Reply.Good => new StripeAnswer.Later("Stripe's answer lacks the header Date, which is needed.", AWhile),
            Reply.Bad { Seen: Seen.Missing, At: { } at } bad => new StripeAnswer.Missing(at, bad.RequestId),
            Reply.Bad { Seen: Seen.Later or Seen.Missing } bad => new StripeAnswer.Later(bad.Reason, bad.After),
            Reply.Bad bad => new StripeAnswer.Refused(bad.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>
    /// Reads a list page by page. It ends with the last page, or with one that could not be read; nothing tells that there
    /// was none in between.
    /// </summary>
    /// <param name="question">Where the first page begins, and how long pages are, stands in its query.</param>
    /// <remarks>https://docs.stripe.com/api/pagination</remarks>
    public async IAsyncEnumerable<StripePage> PagesAsync(
        StripeQuestion question, PageWay way, [EnumeratorCancellation] CancellationToken ct)
    {
        var cursor = way is PageWay.Older ? "starting_after" : "ending_before";
        while (true)
        {
            var answer = await AskAsync(question, ct);
            if (answer is not StripeAnswer.Found found)
            {
                yield return new StripePage.Broken(answer);
                yield break;
            }

            var page = StripePage.Read(found, way, out var next);
            yield return page;
            if (page is StripePage.Broken || next is null)
            {
                yield break;
            }

            question = question with
            {
                Query = [.. question.Query.Where(pair => pair.Name != cursor), (cursor, next)],
            };
        }
    }

    /// <summary>Changes something: once, however often it is sent.</summary>
    public async Task<ChangeAnswer> ChangeAsync(StripeChange change, CancellationToken ct)
    {
        if (keys.For(change.Job) is not { } key)
        {
            return new ChangeAnswer.Refused(
                $"There is no key for {change.Job}: set STRIPE_SECRET_KEY, or that job's own (docs/configuration.md).");
        }

        using var request = Request(HttpMethod.Post, new(change.Path, UriKind.Relative), key);
        Say(request, change.StripeAccount, change.ApiVersion, new(change.Lane, change.Cause));
        request.Headers.Add("Idempotency-Key", change.IdempotencyKey);
        request.Content = new FormUrlEncodedContent(
            change.Form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        return await SendAsync(request, ct) switch
        {
            Reply.Good good => new ChangeAnswer.Made(good.Body, good.RequestId),
            Reply.Bad { InDoubt: true } bad => new ChangeAnswer.Unknown(bad.Reason, bad.After),
            Reply.Bad { Seen: Seen.Later } bad => new ChangeAnswer.Later(bad.Reason, bad.After),
            Reply.Bad { Seen: Seen.Declined, Error: var error } bad =>
                new ChangeAnswer.Declined(error?.Code, error?.DeclineCode, error?.AdviceCode, bad.RequestId),
            Reply.Bad { Seen: Seen.Parked } bad => new ChangeAnswer.Parked(bad.Reason),
            Reply.Bad bad => new ChangeAnswer.Refused(bad.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Looks whether Stripe takes a key. What came of it, the policy tells to all who ask for it.</summary>
    public async Task TryAsync(StripeKey key, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, new("/v1/events?limit=1", UriKind.Relative), key);
        Say(request, stripeAccount: "", apiVersion: null, CallReason.KeyCheck);
        await SendAsync(request, ct);
    }

    private static Uri Address(StripeQuestion question)
    {
        var query = string.Join('&', question.Query.Select(
            pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"));
        return new(query is "" ? question.Path : $"{question.Path}?{query}", UriKind.Relative);
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri address, StripeKey key) =>
        new(method, address) { Headers = { Authorization = new("Bearer", key.Text) } };

    private static void Say(HttpRequestMessage request, string stripeAccount, string? apiVersion, CallReason reason)
    {
        request.Options.Set(CallReason.Key, reason);
        if (apiVersion is not null)
        {
            request.Headers.TryAddWithoutValidation("Stripe-Version", apiVersion);
        }

        if (stripeAccount is not "")
        {
            request.Headers.TryAddWithoutValidation("Stripe-Account", stripeAccount);
        }
    }

    private async Task<Reply> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            return response.IsSuccessStatusCode ? Reply.Good.Of(response, body) : Reply.Bad.Of(request, response, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return Reply.Bad.Of(request, exception);
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>What one call came to, whatever it was for.</summary>
    private abstract record Reply
    {
        public sealed record Good(byte[] Body, DateTimeOffset? At, string? ApiVersion, string? RequestId) : Reply
        {
            public static Good Of(HttpResponseMessage response, byte[] body) =>
                new(body, response.Headers.Date, Header(response, "Stripe-Version"), Header(response, "Request-Id"));
        }

        public sealed record Bad : Reply
        {
            public required Seen Seen { get; init; }

            public required string Reason { get; init; }

            public StripeError? Error { get; init; }

            public TimeSpan After { get; init; } = AWhile;

            public DateTimeOffset? At { get; init; }

            public string? RequestId { get; init; }

            /// <summary>A change may have been made.</summary>
            public bool InDoubt { get; init; }

            public static Bad Of(HttpRequestMessage request, Exception exception)
            {
                var rule = StripeFailures.Of(exception);
                return new()
                {
                    Seen = rule.Seen,
                    Reason = exception is HttpRequestException { HttpRequestError: var error }
                        ? $"Stripe could not be asked ({rule.Name}, {error})."
                        : $"Stripe did not answer in time ({rule.Name}).",
                    InDoubt = rule.LeavesDoubt || WasInDoubt(request),
                };
            }

            public static Bad Of(HttpRequestMessage request, HttpResponseMessage response, byte[] body)
            {
                if (NotSent.Read(response) is { } notSent)
                {
                    return new()
                    {
                        Seen = Seen.Later,
                        Reason = notSent.Message,
                        After = notSent.After,
                    };
                }

                var error = StripeError.Read(body);
                var rule = StripeFailures.Of(new FailedAnswer((int)response.StatusCode, error));
                var id = Header(response, "Request-Id");
                string?[] told = [rule.Name, error?.Code, error?.Param is { } param ? $"parameter {param}" : null, id];
                var why = string.Join(", ", told.Where(one => one is not null));
                return new()
                {
                    Seen = rule.Seen,
                    Reason = $"Stripe answered {(int)response.StatusCode} ({why}).",
                    Error = error,
                    After = response.Headers.RetryAfter?.Delta
                        ?? (rule.Failure is StripeFailure.KeyRefused or StripeFailure.Forbidden ? KeyHealth.Pause : AWhile),
                    At = response.Headers.Date,
                    RequestId = id,
                    InDoubt = rule.LeavesDoubt || WasInDoubt(request),
                };
            }

            private static bool WasInDoubt(HttpRequestMessage request) =>
                request.Options.TryGetValue(StripeCallPolicy.InDoubt, out var doubt) && doubt;
        }
    }
}
