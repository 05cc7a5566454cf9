using Holdfast.Alerts;
using Holdfast.Nodes;

namespace Holdfast.Stripe.Calls;

/// <summary>
/// What all calls of a process share: the budget, the circuit, how the keys do, and what is to be told of them.
/// </summary>
internal sealed class StripeCalls : IDisposable
{
    /// <summary>What Stripe allows an account, in calls a second.</summary>
    /// <remarks>https://docs.stripe.com/rate-limits</remarks>
    private const int LiveLimit = 100;
    private const int TestLimit = 25;

    /// <summary>The rest is for calls that do not go through here.</summary>
    private const double OurShare = 0.8;

    private const string Stripe = "api.stripe.com";

    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly ThisNode _node;

    public StripeCalls(StripeOptions options, StripeKeys keys, ThisNode node, TimeProvider clock, Random random)
    {
        (Options, Clock, _node, _random) = (options, clock, node, random);
        Budget = new(options.RequestsPerSecond ?? OurShare * (keys.Mode is StripeMode.Live ? LiveLimit : TestLimit), clock);
        Circuit = new(clock);
        Turns = new(clock);
        Keys = new(keys, Alerts, clock);
    }

    public StripeOptions Options { get; }

    public TimeProvider Clock { get; }

    public CallBudget Budget { get; }

    public Circuit Circuit { get; }

    public ObjectTurns Turns { get; }

    public KeyHealth Keys { get; }

    public CallAlerts Alerts { get; } = new();

    public CallRecords Records { get; } = new();

    /// <summary>Between 0 and 1. A <see cref="Random"/> serves one caller at a time.</summary>
    public double Chance()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>Learns from how an attempt ended, and keeps a record of it.</summary>
    public void Note(Call call, int attempt, DateTimeOffset at, Attempted attempted, bool isTrial)
    {
        var failure = attempted.Rule?.Failure;
        Records.Add(new()
        {
            At = at,
            Correlation = call.Correlation,
            RequestId = attempted.RequestId,
            Method = call.Method,
            Path = call.Path,
            Status = attempted.Response is { } response ? (long)response.StatusCode : null,
            Failure = attempted.Rule?.Name,
            Duration = attempted.Duration,
            Attempt = attempt,
            Lane = call.Reason.Lane,
            Cause = call.Reason.Cause,
            StripeAccount = call.StripeAccount,
            Node = _node.Name,
        });
        NoteCircuit(attempted, isTrial);
        Keys.Told(call, failure, attempted.RequestId);
        if (failure is StripeFailure.Locked && call.Object is { } locked)
        {
            Turns.Serialise(locked);
        }

        if (failure is StripeFailure.RateLimited && attempted.RateReason is not "resource-specific")
        {
            Budget.Lower();
        }

        if (failure is StripeFailure.Invalid or StripeFailure.OtherParameters or StripeFailure.TooLarge)
        {
            NoteDefect(call, attempted);
        }
    }

    public void Dispose() => Budget.Dispose();

    private void NoteCircuit(Attempted attempted, bool isTrial)
    {
        if (attempted.WasGivenUp)
        {
            Circuit.GaveUp(isTrial);
        }
        else if (attempted.Rule?.Failure is StripeFailure.NoAnswer or StripeFailure.Trouble)
        {
            if (Circuit.Failed(isTrial))
            {
                Alerts.Raise(
                    AlertKinds.StripeAway,
                    Stripe,
                    $"Stripe does not answer, or is in trouble (last: {attempted.Rule.Name}). What must be asked waits, and is "
                    + "asked when it is back; events are stored and applied all the same. See https://status.stripe.com.");
            }
        }
        else if (Circuit.Answered())
        {
            Alerts.Clear(AlertKinds.StripeAway, Stripe);
        }
    }

    private void NoteDefect(Call call, Attempted attempted)
    {
        string?[] told =
        [
            attempted.Rule!.Name, attempted.Error?.Code, attempted.Error?.Param is { } param ? $"parameter {param}" : null,
            attempted.RequestId,
        ];
        Alerts.Raise(
            AlertKinds.StripeRequest,
            $"{call.Method} {CallPath.Shape(call.Path)}",
            $"Stripe refused a call as wrong ({string.Join(", ", told.Where(one => one is not null))}), for {call.Reason.Cause}. "
            + "It is not made again. Look it up at Stripe (Workbench → Logs): it is a defect of the program that called, or a "
            + "setting at Stripe.");
    }
}
