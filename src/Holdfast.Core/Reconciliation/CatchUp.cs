using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Alerts;
using Holdfast.Findings;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Stripe;
using Microsoft.Extensions.Logging;

namespace Holdfast.Reconciliation;

/// <summary>
/// Asks Stripe again and again for the events that were never delivered. There is a job for each cursor, which never ends:
/// whichever node takes it moves the cursor, and puts it back for the next time.
/// </summary>
internal sealed partial class CatchUp(
    StripeClient stripe,
    EventIntake intake,
    CursorStore cursors,
    FindingStore findings,
    AlertStore alerts,
    JobStore jobs,
    Database database,
    StripeOptions options,
    StripeKeys keys,
    TimeProvider clock,
    ILogger<CatchUp> log) : LeasedHandler
{
    public const string JobKind = "catch_up";

    /// <summary>How long it may go no further before somebody is told, when it might pass by itself.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>When it looks again whether it can ask, or is to.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    /// <summary>What has not ended by then is given up, so that it can still be noted within the lease.</summary>
    private static readonly TimeSpan MaxRun = TimeSpan.FromSeconds(90);

    /// <summary>When it tries again what failed for a reason of our own.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    public override string Kind => JobKind;

    public override TimeSpan Lease => TimeSpan.FromMinutes(2);

    public override int MaxAtOnce => 4;

    public override bool IsRecurring => true;

    /// <summary>
    /// Sees to it that each account has its cursors, and each of them its job, as soon as there is a key to ask with.
    /// </summary>
    public async Task PrepareAsync(CancellationToken stop)
    {
        try
        {
            while (!stripe.CanAsk(IsLive)
                || await database.WriteAsync(Turn.Work, AddAsync, stop) is not Commit<bool>.Committed)
            {
                await Task.Delay(AfterFailure, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    public override async Task<Func<Session, Task<Outcome>>> RunAsync(Job job, CancellationToken ct)
    {
        var cursor = await database.ReadAsync(session => cursors.FindAsync(session, job.Subject), ct)
            ?? throw new InvalidOperationException($"{job.Id} is about cursor {job.Subject}, which is not there.");
        if (cursor.Livemode != IsLive || !Accounts.Contains(cursor.StripeAccount))
        {
            return _ => Snooze(Idle);
        }

        if (!stripe.CanAsk(cursor.Livemode))
        {
            // There was one: without it there would be no cursor.
            return session => StopAsync(
                session,
                cursor,
                "There is no key for reading any more: set STRIPE_SECRET_KEY or STRIPE_READ_KEY.",
                Idle,
                isForGood: false);
        }

        var walk = new EventWalk(stripe, intake, cursors, database, options.CatchUp, clock);
        using var limit = new CancellationTokenSource(MaxRun, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var end = await walk.RunAsync(cursor, either.Token);
            return session => EndAsync(session, cursor, end);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return session => StopAsync(session, cursor, "Stripe takes too long to answer.", AfterFailure, isForGood: false);
        }
        catch (FormatException exception)
        {
            LogUnreadable(exception, cursor.Owner);
            return session => StopAsync(session, cursor, exception.Message, AfterFailure, isForGood: false);
        }
        catch (StoreException exception)
        {
            LogNotTaken(exception, cursor.Owner);
            return _ => Snooze(AfterFailure);
        }
    }

    public override string Describe(Job job) => $"the catch-up of cursor {job.Subject}";

    private bool IsLive => keys.Mode is StripeMode.Live;

    private IEnumerable<string> Accounts => options.ConnectedAccounts.Prepend("");

    private TimeSpan Interval(Cursor cursor) => cursor.Sweep switch
    {
        Sweep.Events => options.CatchUp.Interval,
        Sweep.Undelivered => options.CatchUp.UndeliveredInterval,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task<bool> AddAsync(Session session)
    {
        foreach (var account in Accounts)
        {
            foreach (var sweep in Enum.GetValues<Sweep>())
            {
                if (await cursors.AddAsync(session, sweep, account, IsLive) is { } added)
                {
                    await jobs.AddAsync(session, JobKind, [added], clock.GetUtcNow());
                }
            }
        }

        return true;
    }

    private async Task<Outcome> EndAsync(Session session, Cursor cursor, WalkEnd end)
    {
        switch (end)
        {
            case WalkEnd.Reached reached:
                await ReachAsync(session, cursor, reached);
                return new Outcome.Snooze(Interval(cursor));
            case WalkEnd.Paused:
                await ProceedAsync(session, cursor);
                return new Outcome.Snooze(cursor.Sweep is Sweep.Events ? TimeSpan.Zero : Interval(cursor));
            case WalkEnd.Overtaken:
                return new Outcome.Snooze(Interval(cursor));
            case WalkEnd.Gone gone:
                await TellOfGapAsync(session, cursor, gone);
                return new Outcome.Snooze(TimeSpan.Zero);
            case WalkEnd.Stopped(StripeAnswer.Later(var reason, var after)):
                return await StopAsync(session, cursor, reason, after, isForGood: false);
            case WalkEnd.Stopped(StripeAnswer.Refused(var reason)):
                return await StopAsync(session, cursor, reason, Idle, isForGood: true);
            case WalkEnd.Stopped(StripeAnswer.Missing):
                return await StopAsync(session, cursor, "Stripe has no list of events for it.", Idle, isForGood: true);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task ReachAsync(Session session, Cursor cursor, WalkEnd.Reached reached)
    {
        var (from, to, now) = reached;
        if (!await cursors.MoveAsync(session, cursor, from, to))
        {
            return;
        }

        if (cursor.Sweep is Sweep.Undelivered && from is not null)
        {
            var again = now - options.CatchUp.Undelivered;
            await cursors.RewindAsync(session, cursor, to, again > to.BeganAt ? again : to.BeganAt);
        }

        await cursors.ReachAsync(session, cursor, clock.GetUtcNow());
        await ClearAsync(session, cursor);
    }

    private async Task ProceedAsync(Session session, Cursor cursor)
    {
        await cursors.ProceedAsync(session, cursor);
        await ClearAsync(session, cursor);
    }

    private async Task ClearAsync(Session session, Cursor cursor)
    {
        if (cursor.Trouble is not null)
        {
            await alerts.ClearAsync(session, TroubleOf(cursor), clock.GetUtcNow());
        }
    }

    private async Task<Outcome> StopAsync(Session session, Cursor cursor, string trouble, TimeSpan after, bool isForGood)
    {
        var now = clock.GetUtcNow();
        await cursors.StopAsync(session, cursor, trouble, now);
        if (isForGood || now - (cursor.TroubleSince ?? now) >= Patience)
        {
            await alerts.RaiseAsync(
                session,
                TroubleOf(cursor),
                $"Stripe cannot be asked for the events of {cursor.Owner} that were not delivered: {trouble} What is "
                + "delivered is applied as ever. See that the key may read events; it goes on by itself.",
                now);
        }

        LogStopped(cursor.Owner, trouble);
        return new Outcome.Snooze(after);
    }

    private async Task TellOfGapAsync(Session session, Cursor cursor, WalkEnd.Gone gone)
    {
        var (before, to) = gone;
        if (!await cursors.MoveAsync(session, cursor, before, before with { SettledUntil = to, WalkedUntil = to }))
        {
            return;
        }

        var now = clock.GetUtcNow();
        var from = before.WalkedUntil;
        var window = string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-ddTHH:mm:ssZ}/{to:yyyy-MM-ddTHH:mm:ssZ}");
        var message =
            $"Events of {cursor.Owner} may have been missed for good in the time {window}: Stripe was not asked for them "
            + "within the 30 days for which it keeps them. Compare what changed in that time with Stripe's Dashboard; an "
            + "object is right again with its next event or fetch.";
        await findings.RaiseAsync(
            session,
            new(FindingKinds.Gap, cursor.StripeAccount, cursor.Livemode, window),
            message,
            Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(
                new GapFacts(from, to), FactsJson.Default.GapFacts)),
            deadline: null,
            now);
        await alerts.RaiseAsync(session, new(AlertKinds.Gap, $"{cursor.Owner} {window}"), message, now);
        LogGap(from, to, cursor.Owner);
    }

    private static AlertKey TroubleOf(Cursor cursor) => new(AlertKinds.CatchUp, $"{cursor.Sweep.Name} of {cursor.Owner}");

    private static Task<Outcome> Snooze(TimeSpan delay) => Task.FromResult<Outcome>(new Outcome.Snooze(delay));

    [LoggerMessage(5001, LogLevel.Warning, "Stripe cannot be asked for the events of {Owner} now: {Reason}")]
    private partial void LogStopped(string owner, string reason);

    [LoggerMessage(5002, LogLevel.Error, "Events of {Owner} between {From} and {To} may have been missed for good: Stripe keeps "
        + "them no longer than 30 days.")]
    private partial void LogGap(DateTimeOffset from, DateTimeOffset to, string owner);

    [LoggerMessage(5003, LogLevel.Error, "Stripe's list of the events of {Owner} cannot be read.")]
    private partial void LogUnreadable(Exception cause, string owner);

    [LoggerMessage(5004, LogLevel.Warning, "The store does not take events of {Owner} that were asked for; they are asked for "
        + "again.")]
    private partial void LogNotTaken(Exception cause, string owner);
}
