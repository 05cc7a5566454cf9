using Holdfast.Access;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Stripe;
using Holdfast.Telemetry;

namespace Holdfast.Apply;

/// <summary>
/// What observations do, whatever they were learned from, in one transaction: lock the rows of their objects in order,
/// fold, write, keep what changed, tie customers to accounts, see to what access still needs, and have Stripe asked where
/// it is the only one to tell.
/// </summary>
internal sealed class ObservedObjects(
    ObjectStore objects,
    AccountBinder accounts,
    Parking parking,
    Doubts doubts,
    CounterStore counters,
    StripeOptions options,
    TimeProvider clock)
{
    private static readonly byte[] Gone = "{\"deleted\":[false,true]}"u8.ToArray();

    /// <summary>Holds these objects, also those that have no row yet, until the session ends.</summary>
    /// <returns>The rows there are.</returns>
    public async Task<IReadOnlyDictionary<ObjectKey, MirroredObject>> LockAsync(
        Session session, IEnumerable<ObjectKey> objectKeys)
    {
        ObjectKey[] keys = [.. objectKeys.Distinct().Order()];
        await session.LockAsync(LockSpace.Objects, [.. keys.Select(key => key.Id).Distinct()]);
        return (await objects.LockAsync(session, keys)).ToDictionary(held => held.Key);
    }

    /// <summary>Locks the objects and applies what was seen of them.</summary>
    /// <param name="parked">What was looked up for it has been seen, or could not be; it is looked at in any case.</param>
    public async Task ApplyAsync(Session session, IReadOnlyList<Seen> seen, Parked parked) =>
        await ApplyAsync(
            session, seen, await LockAsync(session, seen.Select(one => one.Observation.Key)), named: [], parked);

    /// <param name="before">What <see cref="LockAsync"/> has found; all objects that were seen are locked.</param>
    /// <param name="named">Objects that are named and not shown, which are locked too.</param>
    /// <returns>What followed from each.</returns>
    public async Task<IReadOnlyList<Folded>> ApplyAsync(
        Session session,
        IReadOnlyList<Seen> seen,
        IReadOnlyDictionary<ObjectKey, MirroredObject> before,
        IReadOnlyList<Want> named,
        Parked? parked = null)
    {
        var now = clock.GetUtcNow();
        var after = new SortedDictionary<ObjectKey, MirroredObject>();
        var changes = new List<ObjectChange>();
        var all = new List<Folded>(seen.Count);
        foreach (var one in seen)
        {
            var key = one.Observation.Key;
            var held = after.GetValueOrDefault(key) ?? before.GetValueOrDefault(key);
            var folded = one.FoldInto(held, options.ReadLag);
            all.Add(folded);
            if (folded.Next is { } next && !ReferenceEquals(next, held))
            {
                after[key] = next;
            }

            if (folded.Freshness is Freshness.Fresh && KnownObjects.Contains(key.Type))
            {
                changes.Add(new(key, one.Event, one.Event is null ? one.Observation.Cause : null, DifferenceOf(one, held), now));
            }
        }

        await objects.WriteAsync(session, after.Values);
        await objects.AddChangesAsync(session, changes);
        await accounts.BindAsync(session, [.. seen.Select(one => one.Observation)], before.Values);
        await parking.LookAsync(
            session,
            [
                .. seen.Select(one => one.Observation.Key).Distinct().Order()
                    .Select(key => after.GetValueOrDefault(key) ?? before.GetValueOrDefault(key))
                    .OfType<MirroredObject>(),
            ],
            parked);
        await doubts.RaiseAsync(session, [.. seen.Zip(all, doubts.About).OfType<Want>(), .. named]);
        await counters.AddAsync(session, Counters.Fresh, all.Count(folded => folded.Freshness is Freshness.Fresh));
        await counters.AddAsync(session, Counters.Stale, all.Count(folded => folded.Freshness is Freshness.Stale));
        await counters.AddAsync(session, Counters.InDoubt, all.Count(folded => folded.InDoubt));
        return all;
    }

    private static byte[] DifferenceOf(Seen one, MirroredObject? held) =>
        held is not null && one.Observation is { Deleted: true, Source: Source.Fetch }
            ? Gone
            : Difference.Between(held?.Body, one.Observation.Body);
}

/// <summary>An observation, and what it came from.</summary>
/// <param name="Event">The row of the event that told it; null where Stripe was asked.</param>
/// <param name="Look">How a fetch has asked; null where it was learned in passing.</param>
internal sealed record Seen(Observation Observation, long? Event = null, Look? Look = null)
{
    public Folded FoldInto(MirroredObject? held, TimeSpan readLag) => Observation.Source is Source.Fetch
        ? (Look ?? default).Fold(held, Observation, readLag)
        : Fold.Of(held, Observation, readLag);
}
