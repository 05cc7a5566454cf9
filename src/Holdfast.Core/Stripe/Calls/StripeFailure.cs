namespace Holdfast.Stripe.Calls;

/// <summary>How a call of Stripe's API can fail. What follows from each stands in <see cref="StripeFailures"/>.</summary>
internal enum StripeFailure
{
    NoAnswer,
    TooLarge,
    Locked,
    RateLimited,
    Declined,
    KeyRefused,
    Forbidden,
    InProgress,
    OtherParameters,
    Missing,
    Invalid,
    Trouble,
}

/// <summary>Whether a failed attempt is made again by itself.</summary>
internal enum Retries
{
    /// <summary>Never: the same call would fail in the same way.</summary>
    Never,

    /// <summary>Only when Stripe says so in the header <c>Stripe-Should-Retry</c>.</summary>
    IfTold,

    /// <summary>Unless Stripe says otherwise in the header <c>Stripe-Should-Retry</c>.</summary>
    UnlessTold,
}

/// <summary>What the caller of a call gets to see in the end.</summary>
internal enum Seen
{
    /// <summary>It is worth asking again after a while.</summary>
    Later,

    /// <summary>There is no such object.</summary>
    Missing,

    /// <summary>The bank, or Stripe on its behalf, said no: a matter for the person who pays.</summary>
    Declined,

    /// <summary>The key of the operation was used for another: a person must look.</summary>
    Parked,

    /// <summary>It will never work like this.</summary>
    Refused,
}

/// <summary>One row of the table: what a failure is known by, and what follows from it.</summary>
internal sealed record FailureRule
{
    public required StripeFailure Failure { get; init; }

    /// <summary>The word in the record of calls.</summary>
    public required string Name { get; init; }

    /// <summary>What it is known by, for people.</summary>
    public required string When { get; init; }

    /// <summary>What it is known by. Null for those without an answer.</summary>
    public Func<FailedAnswer, bool> Covers { get; init; } = _ => false;

    public required Retries Retries { get; init; }

    public required Seen Seen { get; init; }

    /// <summary>A change may have been made although it failed.</summary>
    public bool LeavesDoubt { get; init; }

    /// <summary>The kind of alert it raises, and when.</summary>
    public string Alert { get; init; } = "–";
}

/// <summary>What is looked at of an answer other than 200.</summary>
internal sealed record FailedAnswer(int Status, StripeError? Error);
