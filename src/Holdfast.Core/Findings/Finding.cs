namespace Holdfast.Findings;

/// <summary>What a finding is about. There is one open finding for each.</summary>
/// <param name="Kind">One of <see cref="FindingKinds"/>.</param>
/// <param name="StripeAccount">Empty for our own account.</param>
/// <param name="Subject">An object, as in <c>subscription sub_1</c>, or a span of time.</param>
internal sealed record FindingKey(string Kind, string StripeAccount, bool Livemode, string Subject);

internal static class FindingKinds
{
    /// <summary>A span of time of which Stripe's events are gone, and some may never have been received.</summary>
    public const string Gap = "gap";

    /// <summary>Access needs something that is missing, and has a deadline.</summary>
    public const string Parked = "parked";

    public static readonly string[] All = [Gap, Parked];
}

/// <summary>Where what is held and what Stripe has do not agree, or cannot be told to; open until somebody closes it.</summary>
internal sealed record Finding
{
    public required long Id { get; init; }

    public required FindingKey Key { get; init; }

    /// <summary>What it is, of which id, and what to do; the newest that was said.</summary>
    public required string Message { get; init; }

    /// <summary>What a program needs of it, as a JSON object: ids, names of keys and moments, nothing personal.</summary>
    public required string Facts { get; init; }

    public required DateTimeOffset FirstAt { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How often it was raised while it was open.</summary>
    public required long Times { get; init; }

    /// <summary>Until when it should be closed; null when there is no haste.</summary>
    public required DateTimeOffset? DeadlineAt { get; init; }

    public required DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Why it was closed; null while it is open.</summary>
    public required string? ClosedFor { get; init; }
}

/// <summary>Which findings to list, newest first.</summary>
internal sealed record FindingFilter
{
    /// <summary>Only rows before this one: where the last page ended.</summary>
    public long? Before { get; init; }

    public string? Kind { get; init; }

    /// <summary>Null lists open and closed ones.</summary>
    public bool? IsOpen { get; init; }

    public required bool Livemode { get; init; }

    public required int Limit { get; init; }
}
