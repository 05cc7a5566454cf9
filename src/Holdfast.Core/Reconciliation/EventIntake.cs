using System.Text;
using System.Text.Json;
using Holdfast.Findings;
using Holdfast.Ingest;
using Holdfast.Storage;

namespace Holdfast.Reconciliation;

/// <summary>
/// Brings events that were asked for through the receiver, if they are not known yet: one that is, whatever has become
/// of it, is left alone.
/// </summary>
internal sealed class EventIntake(
    Receiver receiver, EventStore events, FindingStore findings, Database database, TimeProvider clock)
{
    /// <summary>Returns when all of them are durable, or are told of as those that cannot be.</summary>
    /// <exception cref="StoreException">The store does not take them now; some may be durable, and some may be later.</exception>
    public async Task TakeAsync(Cursor cursor, IReadOnlyList<ListedEvent> listed, CancellationToken ct)
    {
        var known = await database.ReadAsync(
            session => events.KnownAsync(
                session, [.. listed.Select(one => one.Id)], cursor.Livemode, cursor.StripeAccount),
            ct);
        ListedEvent[] unknown = [.. listed.Where(one => !known.Contains(one.Id))];
        var receipts = await Task.WhenAll(unknown.Select(
            one => receiver.TakeAsync(one.Body, cursor.Livemode, cursor.StripeAccount)));
        if (receipts.OfType<Receipt.Unavailable>().FirstOrDefault() is { Reason: var reason })
        {
            throw new StoreException(reason);
        }

        foreach (var (one, receipt) in unknown.Zip(receipts))
        {
            if (receipt is Receipt.Refused(var cause))
            {
                await TellAsync(cursor, one, cause);
            }
        }
    }

    /// <summary>To go no further for the sake of one would be to lose all that come after it.</summary>
    private async Task TellAsync(Cursor cursor, ListedEvent refused, RefusalCause cause)
    {
        var told = await database.WriteAsync(
            Turn.Work,
            session => findings.RaiseAsync(
                session,
                new(FindingKinds.Gap, cursor.StripeAccount, cursor.Livemode, $"event {refused.Id}"),
                $"The event {refused.Id} of {cursor.Owner} was asked for, and cannot be taken in ({cause.Name}). Look at it "
                + "in Stripe's Dashboard, and report what is odd about it.",
                Facts(refused, cause),
                deadline: null,
                clock.GetUtcNow()),
            CancellationToken.None);
        told.OrThrow();
    }

    private static string Facts(ListedEvent refused, RefusalCause cause) => Encoding.UTF8.GetString(
        JsonSerializer.SerializeToUtf8Bytes(
            new RefusedEventFacts(refused.Id, refused.Created, cause.Name), FactsJson.Default.RefusedEventFacts));
}
