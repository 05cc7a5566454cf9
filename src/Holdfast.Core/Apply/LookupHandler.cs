using System.Runtime.CompilerServices;
using System.Text.Json;
using Holdfast.Access;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Stripe;
using Microsoft.Extensions.Logging;

namespace Holdfast.Apply;

/// <summary>
/// Asks Stripe for what access needs and the mirror does not have. The answers are observations like all others; what is
/// still missing then is said, and looked for again when the deadline is over, and ever more seldom as long as it is parked.
/// </summary>
internal sealed partial class LookupHandler(
    Database database,
    ParkedStore parked,
    ObjectStore objects,
    NeedsReader needs,
    ObservedObjects observed,
    StripeClient stripe,
    TimeProvider clock,
    ILogger<LookupHandler> log) : LeasedHandler
{
    public const string JobKind = "lookup";

    private const string PageSize = "100";

    private const int MaxDoublings = 8;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);

    /// <summary>How long it waits at most between two tries while Stripe is away or there is no key.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    /// <summary>Between two looks for what is overdue: as long as it has been overdue, within these.</summary>
    private static readonly (TimeSpan Least, TimeSpan Most) WaitInVain = (TimeSpan.FromHours(1), TimeSpan.FromDays(1));

    public override string Kind => JobKind;

    public override TimeSpan Lease => TimeSpan.FromMinutes(3);

    public override int MaxAtOnce => 4;

    public override async Task<Func<Session, Task<Outcome>>> RunAsync(Job job, CancellationToken ct)
    {
        var (waiting, row, lookups) = await database.ReadAsync(session => QuestionsAsync(session, job.Subject), ct);
        if (waiting is null || row is null)
        {
            return _ => Task.FromResult<Outcome>(new Outcome.Done());
        }

        var seen = new List<Observation>();
        TimeSpan? later = waiting.Looked || stripe.CanAsk(row.Key.Livemode) ? null : TimeSpan.Zero;
        foreach (var lookup in lookups)
        {
            (var found, later) = await AskAsync(lookup, row, ct);
            seen.AddRange(found);
            if (later is not null)
            {
                break;
            }
        }

        return session => EndAsync(session, waiting, seen, later is { } least ? DelayAfter(job.Attempt, least) : null);
    }

    private static TimeSpan DelayAfter(int attempt, TimeSpan least)
    {
        var grown = FirstWait * Math.Pow(2, Math.Min(attempt - 1, MaxDoublings));
        return grown > MaxWait ? (least > MaxWait ? least : MaxWait) : least > grown ? least : grown;
    }

    private async Task<(Parked? Waiting, MirroredObject? Row, IReadOnlyList<Lookup> Lookups)> QuestionsAsync(
        Session session, long id)
    {
        var waiting = await parked.FindAsync(session, id);
        var row = waiting is null ? null : await objects.FindAsync(session, waiting.Key);
        var source = row is null || !stripe.CanAsk(row.Key.Livemode) ? null : GrantSource.Of(row);
        if (source is null || (waiting!.Looked && clock.GetUtcNow() < waiting.DeadlineAt))
        {
            return (waiting, row, []);
        }

        var known = await needs.KnownAsync(session, [source]);
        return (waiting, row, Lookup.For(source, known[source.Key]));
    }

    private async Task<Outcome> EndAsync(Session session, Parked waiting, List<Observation> seen, TimeSpan? later)
    {
        var looked = waiting with { Looked = waiting.Looked || later is null };
        await observed.ApplyAsync(session, [.. seen.Select(one => new Seen(one))], looked);
        var rest = waiting.DeadlineAt - clock.GetUtcNow();
        return await parked.FindAsync(session, waiting.Id) is null
            ? new Outcome.Done()
            : (later, rest > TimeSpan.Zero) switch
            {
                ({ } delay, true) => new Outcome.Snooze(delay < rest ? delay : rest),
                ({ } delay, false) => new Outcome.Snooze(delay),
                (null, true) => new Outcome.Snooze(rest),
                (null, false) when -rest < WaitInVain.Least => new Outcome.Snooze(WaitInVain.Least),
                (null, false) => new Outcome.Snooze(-rest < WaitInVain.Most ? -rest : WaitInVain.Most),
            };
    }

    /// <summary>Reads what is there, all of it or nothing: a list with a part missing would tell of less than was sold.</summary>
    /// <returns>What was seen, and when to ask again, if there was no answer.</returns>
    private async Task<(IReadOnlyList<Observation> Seen, TimeSpan? Later)> AskAsync(
        Lookup lookup, MirroredObject row, CancellationToken ct)
    {
        try
        {
            var seen = new List<Observation>();
            await foreach (var page in PagesAsync(lookup, row, ct))
            {
                if (page is not StripePage.Full full)
                {
                    return ([], LaterBy(((StripePage.Broken)page).Answer, lookup, row));
                }

                if (!TryRead(lookup, row, full, seen))
                {
                    LogUnreadable(row.Key.ToString(), lookup.Path);
                    return ([], null);
                }
            }

            return (seen, null);
        }
        catch (JsonException)
        {
            LogUnreadable(row.Key.ToString(), lookup.Path);
            return ([], null);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ([], FirstWait);
        }
    }

    /// <summary>What is no list is a page of one.</summary>
    private async IAsyncEnumerable<StripePage> PagesAsync(
        Lookup lookup, MirroredObject row, [EnumeratorCancellation] CancellationToken ct)
    {
        var question = new StripeQuestion
        {
            Path = lookup.Path,
            Query = lookup.IsList ? [.. lookup.Query, ("limit", PageSize)] : lookup.Query,
            StripeAccount = row.Key.StripeAccount,
            ApiVersion = row.ApiVersion,
            Lane = Lane.Live,
            Cause = row.Cause,
        };
        if (lookup.IsList)
        {
            await foreach (var page in stripe.PagesAsync(question, PageWay.Older, ct))
            {
                yield return page;
            }

            yield break;
        }

        var answer = await stripe.AskAsync(question, ct);
        yield return answer is StripeAnswer.Found found
            ? new StripePage.Full([JsonElement.Parse(found.Body)], found.At, found.ApiVersion) { RequestId = found.RequestId }
            : new StripePage.Broken(answer);
    }

    private TimeSpan? LaterBy(StripeAnswer answer, Lookup lookup, MirroredObject row)
    {
        switch (answer)
        {
            case StripeAnswer.Later(var reason, var delay):
                LogLater(row.Key.ToString(), reason);
                return delay;
            case StripeAnswer.Refused(var reason):
                LogRefused(row.Key.ToString(), lookup.Path, reason);
                return null;
            default:
                return null;
        }
    }

    private static bool TryRead(Lookup lookup, MirroredObject row, StripePage.Full page, List<Observation> seen)
    {
        var from = new ObservedFrom(
            row.Key.StripeAccount,
            row.Key.Livemode,
            page.ApiVersion ?? row.ApiVersion,
            page.At,
            page.RequestId ?? JobKind);
        try
        {
            foreach (var body in page.Data)
            {
                if (ObjectObservation.Of(from, body) is not { } observation)
                {
                    return false;
                }

                seen.Add(lookup.Owner is null
                    ? observation
                    : observation with { Parent = lookup.Owner.Key.Id, Customer = lookup.Owner.Customer });
            }

            return true;
        }
        catch (UnreadableObjectException)
        {
            return false;
        }
    }

    [LoggerMessage(3101, LogLevel.Information, "{About} waits for Stripe: {Reason}")]
    private partial void LogLater(string about, string reason);

    [LoggerMessage(3102, LogLevel.Error, "What {About} needs is not told by {Path}: {Reason}")]
    private partial void LogRefused(string about, string path, string reason);

    [LoggerMessage(3103, LogLevel.Error, "An answer about what {About} needs cannot be read ({Path}), and counts for nothing.")]
    private partial void LogUnreadable(string about, string path);
}
