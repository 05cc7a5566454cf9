using System.Diagnostics;
using System.Text;
using Holdfast.Alerts;

namespace Holdfast.Stripe.Calls;

/// <summary>
/// The one table that decides what kind of failure an answer is, and what follows. The first row that fits is taken;
/// the status goes before what the body says of itself. docs/stripe-errors.md is written from it.
/// </summary>
/// <remarks>https://docs.stripe.com/error-low-level</remarks>
internal static class StripeFailures
{
    public static readonly FailureRule[] All =
    [
        new()
        {
            Failure = StripeFailure.NoAnswer,
            Name = "no_answer",
            When = "no connection, no whole answer in time",
            Retries = Retries.UnlessTold,
            Seen = Seen.Later,
            LeavesDoubt = true,
            Alert = $"`{AlertKinds.StripeAway}` after {Circuit.MaxFailures} in a row",
        },
        new()
        {
            Failure = StripeFailure.TooLarge,
            Name = "too_large",
            When = $"an answer of more than {StripeCallPolicy.MaxAnswerBytes / 1024 / 1024} MiB",
            Retries = Retries.Never,
            Seen = Seen.Refused,
            LeavesDoubt = true,
            Alert = $"`{AlertKinds.StripeRequest}`",
        },
        new()
        {
            Failure = StripeFailure.Locked,
            Name = "locked",
            When = "429 with the code `lock_timeout`",
            Covers = answer => answer is { Status: 429, Error.Code: "lock_timeout" },
            Retries = Retries.UnlessTold,
            Seen = Seen.Later,
        },
        new()
        {
            Failure = StripeFailure.RateLimited,
            Name = "rate_limited",
            When = "429",
            Covers = answer => answer is { Status: 429 },
            Retries = Retries.UnlessTold,
            Seen = Seen.Later,
        },
        new()
        {
            Failure = StripeFailure.Declined,
            Name = "declined",
            When = "402",
            Covers = answer => answer is { Status: 402 },
            Retries = Retries.Never,
            Seen = Seen.Declined,
        },
        new()
        {
            Failure = StripeFailure.KeyRefused,
            Name = "key_refused",
            When = "401",
            Covers = answer => answer is { Status: 401 },
            Retries = Retries.IfTold,
            Seen = Seen.Later,
            Alert = $"`{AlertKinds.StripeKey}`",
        },
        new()
        {
            Failure = StripeFailure.Forbidden,
            Name = "forbidden",
            When = "403",
            Covers = answer => answer is { Status: 403 },
            Retries = Retries.IfTold,
            Seen = Seen.Later,
            Alert = $"`{AlertKinds.StripeKey}`",
        },
        new()
        {
            Failure = StripeFailure.InProgress,
            Name = "in_progress",
            When = "409, such as a call with the same key still under way",
            Covers = answer => answer is { Status: 409 },
            Retries = Retries.UnlessTold,
            Seen = Seen.Later,
            LeavesDoubt = true,
        },
        new()
        {
            Failure = StripeFailure.OtherParameters,
            Name = "other_parameters",
            When = "400 with the type `idempotency_error`: the same key with other parameters",
            Covers = answer => answer is { Status: 400, Error.Type: "idempotency_error" },
            Retries = Retries.Never,
            Seen = Seen.Parked,
            Alert = $"`{AlertKinds.StripeRequest}`",
        },
        new()
        {
            Failure = StripeFailure.Missing,
            Name = "missing",
            When = "404 with the code `resource_missing` (or `not_found`, as v2 says)",
            Covers = answer => answer is { Status: 404, Error.Code: "resource_missing" or "not_found" },
            Retries = Retries.Never,
            Seen = Seen.Missing,
        },
        new()
        {
            Failure = StripeFailure.Invalid,
            Name = "invalid",
            When = "any other 4xx but 424 with an error as Stripe writes them",
            Covers = answer => answer is { Status: >= 400 and < 500 and not 424, Error: not null },
            Retries = Retries.Never,
            Seen = Seen.Refused,
            Alert = $"`{AlertKinds.StripeRequest}`",
        },
        new()
        {
            Failure = StripeFailure.Trouble,
            Name = "trouble",
            When = "5xx, 424, and whatever else Stripe itself would not answer",
            Covers = _ => true,
            Retries = Retries.UnlessTold,
            Seen = Seen.Later,
            LeavesDoubt = true,
            Alert = $"`{AlertKinds.StripeAway}` after {Circuit.MaxFailures} in a row",
        },
    ];

    public static FailureRule Of(FailedAnswer answer) => All.First(rule => rule.Covers(answer));

    public static FailureRule Of(Exception exception) =>
        Rule(exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }
            ? StripeFailure.TooLarge
            : StripeFailure.NoAnswer);

    public static FailureRule Rule(StripeFailure failure) => Array.Find(All, rule => rule.Failure == failure)!;

    /// <summary>The table of docs/stripe-errors.md.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder(
            """
            | class | known by | made again | who reads sees | who changes sees | alert |
            | --- | --- | --- | --- | --- | --- |

            """);
        foreach (var rule in All)
        {
            text.Append(
                $"| `{rule.Name}` | {rule.When} | {Word(rule.Retries)} | {Reading(rule)} | {Changing(rule)} | {rule.Alert} |\n");
        }

        return text.ToString();
    }

    private static string Word(Retries retries) => retries switch
    {
        Retries.Never => "never",
        Retries.IfTold => "only if told",
        Retries.UnlessTold => "yes, unless told not to",
        _ => throw new UnreachableException(),
    };

    private static string Reading(FailureRule rule) => rule.Seen switch
    {
        Seen.Later => "later",
        Seen.Missing => "missing",
        Seen.Declined or Seen.Parked or Seen.Refused => "refused",
        _ => throw new UnreachableException(),
    };

    private static string Changing(FailureRule rule) => rule switch
    {
        { LeavesDoubt: true } => "unknown",
        { Seen: Seen.Later } => "later",
        { Seen: Seen.Declined } => "declined",
        { Seen: Seen.Parked } => "parked",
        { Seen: Seen.Refused or Seen.Missing } => "refused",
        _ => throw new UnreachableException(),
    };
}
