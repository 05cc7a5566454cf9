using System.Globalization;

namespace Holdfast.Stripe.Calls;

/// <summary>Who calls and why, which our own callers say with their request.</summary>
/// <param name="Cause">An event's id, <c>catch_up</c>, an order's.</param>
internal sealed record CallReason(Lane Lane, string Cause)
{
    /// <summary>To see whether a key works again: what it is forbidden tells that it does.</summary>
    public static readonly CallReason KeyCheck = new(Lane.Live, "key_check");

    public static readonly HttpRequestOptionsKey<CallReason> Key = new("Holdfast.Stripe.CallReason");
}

/// <summary>One call with all its attempts, as the policy sees it.</summary>
internal sealed class Call
{
    /// <summary>Larger bodies are not kept for a second attempt: Stripe's forms are small, only files are not.</summary>
    public const int MaxRepeatedBytes = 16 * 1024 * 1024;

    private const int MaxCauseLength = 200;

    /// <summary>How we speak of it: all its attempts share this.</summary>
    public required string Correlation { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string StripeAccount { get; init; }

    /// <summary>The fingerprint of its key.</summary>
    public required string Key { get; init; }

    public required CallReason Reason { get; init; }

    /// <summary>Making it twice is as good as once.</summary>
    public required bool CanRepeat { get; init; }

    public bool IsChange => Method is not ("GET" or "HEAD");

    /// <summary>Which object it is about, in which account; null when its path names none.</summary>
    public string? Object => CallPath.Object(Path) is { } path ? $"{StripeAccount} {path}" : null;

    public static Call Of(HttpRequestMessage request, DateTimeOffset now) => new()
    {
        Correlation = Guid.CreateVersion7(now).ToString("N", CultureInfo.InvariantCulture),
        Method = request.Method.Method,
        Path = CallPath.Of(request.RequestUri!),
        StripeAccount = Header(request, "Stripe-Account") ?? "",
        Key = StripeKey.FingerprintOf(request.Headers.Authorization?.Parameter ?? ""),
        Reason = request.Options.TryGetValue(CallReason.Key, out var reason) ? reason : new(Lane.Live, Trigger(request)),
        CanRepeat = Repeats(request) && (request.Content is null || request.Content.Headers.ContentLength <= MaxRepeatedBytes),
    };

    // Stripe's libraries say for which event they ask: "event=evt_1".
    private static string Trigger(HttpRequestMessage request) =>
        Header(request, "Stripe-Request-Trigger") is not { } trigger ? "application"
        : trigger.StartsWith("event=", StringComparison.Ordinal) ? Short(trigger["event=".Length..])
        : Short(trigger);

    private static string Short(string text) => text.Length > MaxCauseLength ? text[..MaxCauseLength] : text;

    // What is deleted twice is deleted; only what is posted needs a key for that.
    private static bool Repeats(HttpRequestMessage request) =>
        request.Method != HttpMethod.Post || Header(request, "Idempotency-Key") is not null;

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
