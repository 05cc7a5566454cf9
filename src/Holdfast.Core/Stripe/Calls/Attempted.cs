namespace Holdfast.Stripe.Calls;

/// <summary>How one attempt ended: with an answer, or without.</summary>
internal sealed record Attempted
{
    public HttpResponseMessage? Response { get; init; }

    /// <summary>Why there is no answer.</summary>
    public System.Runtime.ExceptionServices.ExceptionDispatchInfo? Exception { get; init; }

    /// <summary>The caller did not want it any more.</summary>
    public bool WasGivenUp { get; init; }

    /// <summary>What kind of failure it is; null when it succeeded.</summary>
    public FailureRule? Rule { get; init; }

    public StripeError? Error { get; init; }

    public required TimeSpan Duration { get; init; }

    public string? RequestId => Header("Request-Id");

    /// <summary>Of which limit there was too much.</summary>
    public string? RateReason => Header("Stripe-Rate-Limited-Reason");

    /// <summary>Not documented by Stripe; a proxy may say it, too.</summary>
    public TimeSpan? RetryAfter => Response?.Headers.RetryAfter?.Delta;

    /// <summary>Whether Stripe's word and the table say that another attempt is worth it.</summary>
    public bool CallsForAnother => Rule is { } rule && !WasGivenUp && (rule.Retries, Header("Stripe-Should-Retry")) switch
    {
        (Retries.Never, _) => false,
        (_, "true") => true,
        (_, "false") => false,
        var (retries, _) => retries is Retries.UnlessTold,
    };

    public HttpResponseMessage ResponseOrThrow()
    {
        Exception?.Throw();
        return Response!;
    }

    private string? Header(string name) =>
        Response is not null && Response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
