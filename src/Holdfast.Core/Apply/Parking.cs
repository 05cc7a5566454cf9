using Holdfast.Access;
using Holdfast.Alerts;
using Holdfast.Findings;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Storage;
using Holdfast.Stripe;

namespace Holdfast.Apply;

/// <summary>
/// Sees to it that what access needs and does not find is looked up, and that people hear of what cannot be found. It
/// decides nothing about access, which concludes from the mirror alone.
/// </summary>
internal sealed class Parking(
    ParkedStore parked,
    ObjectStore objects,
    NeedsReader needs,
    FindingStore findings,
    AlertStore alerts,
    JobStore jobs,
    StripeClient stripe,
    AccessOptions options,
    TimeProvider clock)
{
    /// <summary>Runs in the transaction that moved the mirror, when all else is written.</summary>
    /// <param name="rows">The rows of the objects that were seen.</param>
    /// <param name="again">One that Stripe was asked about, as it is to be noted, and that is looked at in any case.</param>
    public async Task LookAsync(Session session, IReadOnlyCollection<MirroredObject> rows, Parked? again = null)
    {
        MirroredObject[] relevant = [.. rows.Where(IsRelevant)];
        if (relevant.Length is 0 && again is null)
        {
            return;
        }

        string[] ids =
        [
            .. relevant.SelectMany(row => new[] { row.Key.Id, row.Parent }).Append(again?.Key.Id).OfType<string>().Distinct(),
        ];
        string[] customers = needs.NeedsMetadata
            ? [.. relevant.Select(row => row.Customer).OfType<string>().Distinct()]
            : [];
        // From here on nobody else looks at these, and what others have said of them is committed and can be seen.
        await session.LockAsync(LockSpace.Parked, [.. ids, .. customers]);
        if (again is not null)
        {
            // Its row is held too: whoever is about to close it is waited for, or waits.
            await parked.NoteAsync(session, again);
        }

        var waiting = (await parked.RelatedAsync(session, ids, customers)).ToDictionary(one => one.Key);
        var sources = await SourcesAsync(session, relevant, waiting.Keys);
        var known = await needs.KnownAsync(session, sources.Values);
        foreach (var key in waiting.Keys.Union(sources.Keys).Order())
        {
            var source = sources.GetValueOrDefault(key);
            await SettleAsync(session, key, source, source is null ? null : known[key], waiting.GetValueOrDefault(key));
        }
    }

    /// <summary>What an object says can matter to another only where metadata is required.</summary>
    private bool IsRelevant(MirroredObject row) => row.Key.Type switch
    {
        "checkout.session" or "item" => true,
        "subscription" or "invoice" or "invoice_payment" or "payment_intent" or "customer" => needs.NeedsMetadata,
        _ => false,
    };

    /// <summary>Those of them, and of what is parked, that may grant something.</summary>
    private async Task<Dictionary<ObjectKey, GrantSource>> SourcesAsync(
        Session session, MirroredObject[] seen, IEnumerable<ObjectKey> waiting)
    {
        var rows = seen.ToDictionary(row => row.Key);
        foreach (var place in waiting.Where(key => !rows.ContainsKey(key)).GroupBy(key => (key.StripeAccount, key.Livemode)))
        {
            var (account, livemode) = place.Key;
            foreach (var row in await objects.ByIdsAsync(session, account, livemode, [.. place.Select(key => key.Id)]))
            {
                rows[row.Key] = row;
            }
        }

        return rows.Values
            .Select(GrantSource.Of)
            .OfType<GrantSource>()
            .Where(source => source.MayGrant && (source.Checkout is not null || needs.NeedsMetadata))
            .ToDictionary(source => source.Key);
    }

    private async Task SettleAsync(Session session, ObjectKey key, GrantSource? source, Known? known, Parked? waiting)
    {
        if (source is null || known is null)
        {
            await CloseAsync(session, waiting, "Access does not need it any more.");
            return;
        }

        var isUnmet = known.Needs.Any(need => need.WaitsFor is not null);
        var looked = waiting?.Looked is true || Lookup.For(source, known) is [];
        // Without a key nobody can look now; the question stays open for the day when there is one.
        var isAnswered = looked || !stripe.CanAsk(key.Livemode);
        if (!isUnmet && isAnswered)
        {
            await CloseAsync(session, waiting, ParkedMessage.Found(known));
            return;
        }

        var now = clock.GetUtcNow();
        if (waiting is null)
        {
            waiting = await parked.AddAsync(session, source.Row, looked, now + options.MissingDeadline);
            await jobs.AddAsync(session, LookupHandler.JobKind, [waiting.Id], now);
        }

        if (isUnmet && (isAnswered || now >= waiting.DeadlineAt))
        {
            var message = new ParkedMessage(key, known, waiting.DeadlineAt);
            var text = message.Text(isOverdue: now >= waiting.DeadlineAt);
            await findings.RaiseAsync(session, FindingOf(key), text, message.Facts(), waiting.DeadlineAt, now);
            await alerts.RaiseAsync(session, AlertOf(key), text, now);
        }
    }

    private async Task CloseAsync(Session session, Parked? waiting, string why)
    {
        if (waiting is null)
        {
            return;
        }

        await parked.RemoveAsync(session, waiting.Id);
        await findings.CloseAsync(session, FindingOf(waiting.Key), why, clock.GetUtcNow());
        await alerts.ClearAsync(session, AlertOf(waiting.Key), clock.GetUtcNow());
    }

    private static FindingKey FindingOf(ObjectKey key) =>
        new(FindingKinds.Parked, key.StripeAccount, key.Livemode, key.ToString());

    private static AlertKey AlertOf(ObjectKey key) => new(AlertKinds.Parked, key.ToString());
}
