using System.Runtime.ExceptionServices;
using Holdfast.Stripe.Calls;

namespace Holdfast.Stripe;

/// <summary>
/// How Stripe is called, to be put under any client of Stripe's API: within the call budget, with a key that works, not while
/// Stripe is away, each attempt with a time-out, on record, and made again when that is worth it and does no harm.
/// </summary>
/// <remarks>
/// <para>
/// Ask the service provider for one, and set its <see cref="DelegatingHandler.InnerHandler"/>. All of them share one budget
/// and one circuit. docs/stripe-net.md shows it under Stripe's own library, docs/stripe-errors.md what it does with which
/// failure.
/// </para>
/// <para>
/// What it does not send it answers itself, as Stripe would: an error object under 401, 403, 429 or 503, with the header
/// <c>Holdfast-Not-Sent</c>. Otherwise the caller gets the last attempt's answer, or its exception.
/// </para>
/// </remarks>
public sealed class StripeCallPolicy : DelegatingHandler
{
    /// <summary>No answer of Stripe's in JSON is larger than this.</summary>
    public const int MaxAnswerBytes = 32 * 1024 * 1024;

    /// <summary>A caller that waits for the budget gives up after this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly StripeCalls _calls;

    internal StripeCallPolicy(StripeCalls calls) => _calls = calls;

    /// <summary>A change may have been made although the last answer does not say so.</summary>
    internal static HttpRequestOptionsKey<bool> InDoubt { get; } = new("Holdfast.Stripe.InDoubt");

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = Call.Of(request, _calls.Clock.GetUtcNow());
        var began = _calls.Clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(_calls.Options.CallTimeout, _calls.Clock);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        Attempted? last = null;
        for (var attempt = 1; ; attempt++)
        {
            var (next, refusal) = await AttemptAsync(request, call, attempt, until.Token, cancellationToken);
            if (refusal is not null)
            {
                // What is known of an attempt that was made says more than why there was no other.
                return last?.ResponseOrThrow() ?? refusal.ToResponse(request);
            }

            last?.Response?.Dispose();
            last = next!;
            request.Options.Set(
                InDoubt, last.Rule is { LeavesDoubt: true } || (last.Rule is { Seen: Seen.Later } && WasInDoubt(request)));
            var left = _calls.Options.CallTimeout - _calls.Clock.GetElapsedTime(began);
            if (DelayAfter(call, attempt, last) is not { } delay || delay >= left)
            {
                return last.ResponseOrThrow();
            }

            await Task.Delay(delay, _calls.Clock, cancellationToken);
        }
    }

    private static bool WasInDoubt(HttpRequestMessage request) =>
        request.Options.TryGetValue(InDoubt, out var doubt) && doubt;

    /// <summary>One attempt, with all that comes before and after it.</summary>
    /// <returns>How it ended, or why it was not made.</returns>
    private async Task<(Attempted? Attempted, NotSent? Refusal)> AttemptAsync(
        HttpRequestMessage request, Call call, int attempt, CancellationToken until, CancellationToken caller)
    {
        // Who would be refused need not wait before.
        if (_calls.Circuit.Closes() is { } closed)
        {
            return (null, NotSent.CircuitOpen(closed));
        }

        if (_calls.Keys.Refuses(call) is { } status)
        {
            return (null, NotSent.KeyRefused(status));
        }

        IDisposable? turn = null;
        try
        {
            if (!await _calls.Budget.TakeAsync(call.Reason.Lane, Patience, until))
            {
                return (null, NotSent.BudgetSpent(Patience));
            }

            turn = await _calls.Turns.EnterAsync(call.Object, until);
            return _calls.Circuit.TryEnter(out var isTrial)
                ? (await SendOnceAsync(request, call, attempt, isTrial, until, caller), null)
                : (null, NotSent.CircuitOpen(Circuit.FirstPause));
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return (null, NotSent.BudgetSpent(Patience));
        }
        finally
        {
            turn?.Dispose();
        }
    }

    private async Task<Attempted> SendOnceAsync(
        HttpRequestMessage request, Call call, int attempt, bool isTrial, CancellationToken until, CancellationToken caller)
    {
        var (at, began) = (_calls.Clock.GetUtcNow(), _calls.Clock.GetTimestamp());
        using var timeout = new CancellationTokenSource(_calls.Options.AttemptTimeout, _calls.Clock);
        using var whole = CancellationTokenSource.CreateLinkedTokenSource(until, timeout.Token);
        Attempted attempted;
        try
        {
            var response = await ReceiveAsync(request, call, whole.Token);
            attempted = await ClassifyAsync(response, _calls.Clock.GetElapsedTime(began), whole.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            attempted = new()
            {
                Exception = ExceptionDispatchInfo.Capture(InTime(exception, caller)),
                WasGivenUp = caller.IsCancellationRequested,
                Rule = StripeFailures.Of(exception),
                Duration = _calls.Clock.GetElapsedTime(began),
            };
        }
        catch
        {
            // A defect of whoever called, or of the handler below: it tells nothing of Stripe.
            _calls.Circuit.GaveUp(isTrial);
            throw;
        }

        _calls.Note(call, attempt, at, attempted, isTrial);
        return attempted;
    }

    private async Task<HttpResponseMessage> ReceiveAsync(HttpRequestMessage request, Call call, CancellationToken ct)
    {
        if (call.CanRepeat && request.Content is not null)
        {
            await request.Content.LoadIntoBufferAsync(Call.MaxRepeatedBytes, ct);
        }

        var response = await base.SendAsync(request, ct);
        try
        {
            // JSON is awaited whole, so that an answer that breaks off is no answer. Files go through as they come.
            if (IsJson(response))
            {
                await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, ct);
            }

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task<Attempted> ClassifyAsync(HttpResponseMessage response, TimeSpan duration, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode)
        {
            return new() { Response = response, Duration = duration };
        }

        // It is in memory already. What is not JSON is no error of Stripe's.
        var error = IsJson(response) ? StripeError.Read(await response.Content.ReadAsByteArrayAsync(ct)) : null;
        return new()
        {
            Response = response,
            Rule = StripeFailures.Of(new FailedAnswer((int)response.StatusCode, error)),
            Error = error,
            Duration = duration,
        };
    }

    private static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is null or "application/json";

    /// <summary>What a caller of an HTTP client expects when time has run out.</summary>
    private static Exception InTime(Exception exception, CancellationToken caller) =>
        exception is OperationCanceledException && !caller.IsCancellationRequested
            ? new TaskCanceledException("Stripe did not answer in time.", new TimeoutException())
            : exception;

    private TimeSpan? DelayAfter(Call call, int attempt, Attempted attempted) =>
        attempt < RetryDelays.MaxAttempts && call.CanRepeat && attempted.CallsForAnother
            ? RetryDelays.After(attempt, _calls.Chance(), attempted.RetryAfter)
            : null;
}
