using Holdfast.Access;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Telemetry;

namespace Holdfast.Apply;

/// <summary>
/// What observations do, whatever they were learned from, in one transaction: lock the rows of their objects in order,
/// fold, write, keep what changed, tie customers to accounts, and see to what access still needs.
/// </summary>
internal sealed class ObservedObjects(
    ObjectStore objects, AccountBinder accounts, Parking parking, CounterStore counters, TimeProvider clock)
{
    /// <param name="seen">Each with the row of the event that told it; null where Stripe was asked.</param>
    /// <param name="parked">What was looked up for it has been seen, or could not be; it is looked at in any case.</param>
    public async Task ApplyAsync(
        Session session, IReadOnlyList<(Observation Observation, long? Event)> seen, Parked? parked = null)
    {
        ObjectKey[] keys = [.. seen.Select(one => one.Observation.Key).Distinct().Order()];
        await session.LockAsync(LockSpace.Objects, [.. keys.Select(key => key.Id).Distinct()]);
        var before = (await objects.LockAsync(session, keys)).ToDictionary(held => held.Key);
        var after = new SortedDictionary<ObjectKey, MirroredObject>();
        var changes = new List<ObjectChange>();
        var (stale, inDoubt) = (0, 0);
        foreach (var (observation, cause) in seen)
        {
            var held = after.GetValueOrDefault(observation.Key) ?? before.GetValueOrDefault(observation.Key);
            var folded = Fold.Of(held, observation);
            stale += folded.Freshness is Freshness.Stale ? 1 : 0;
            inDoubt += folded.InDoubt ? 1 : 0;
            if (!ReferenceEquals(folded.Next, held))
            {
                after[observation.Key] = folded.Next;
            }

            if (folded.Freshness is Freshness.Fresh && cause is { } row && KnownObjects.Contains(observation.Key.Type))
            {
                changes.Add(new(observation.Key, row, Difference.Between(held?.Body, observation.Body), clock.GetUtcNow()));
            }
        }

        await objects.WriteAsync(session, after.Values);
        await objects.AddChangesAsync(session, changes);
        await accounts.BindAsync(session, [.. seen.Select(one => one.Observation)], before.Values);
        await parking.LookAsync(session, [.. keys.Select(key => after.GetValueOrDefault(key) ?? before[key])], parked);
        await counters.AddAsync(session, Counters.Stale, stale);
        await counters.AddAsync(session, Counters.InDoubt, inDoubt);
    }
}
