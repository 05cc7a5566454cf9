using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Storage;
using Holdfast.Stripe;

namespace Holdfast.Apply;

/// <summary>
/// Has Stripe asked about objects of which only a guess is held: one fetch for each object and burst, as a job of its own.
/// Without a key for their mode nothing is asked, and the guess stays; an object that was only named waits for a key.
/// </summary>
internal sealed class Doubts(
    FetchStore fetches, JobStore jobs, StripeClient stripe, StripeOptions options, TimeProvider clock)
{
    /// <summary>How long is waited for the rest of a burst before Stripe is asked what nobody else can tell.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>Whether there is a key for this mode.</summary>
    public bool CanAsk(bool livemode) => stripe.CanAsk(livemode);

    /// <summary>Whether there is a key for this mode, or may be one.</summary>
    public bool MayAsk(bool livemode) => stripe.IsOfMode(livemode);

    /// <summary>Whether its place at Stripe is known.</summary>
    public static bool HasPlace(Want want) => (want.Url ?? ObjectPaths.Of(want.Key.Type, want.Key.Id)) is not null;

    /// <returns>Null when nothing is to be asked.</returns>
    public Want? About(Seen seen, Folded folded)
    {
        var (observation, key) = (seen.Observation, seen.Observation.Key);
        var why = folded.Ask switch
        {
            Question.Doubt => FetchReason.Doubt,
            _ when observation.Source is Source.Event && options.AlwaysFetch.Contains(key.Type) => FetchReason.Always,
            Question.Confirm => FetchReason.Confirm,
            _ => (FetchReason?)null,
        };
        // A fetch asks again by itself.
        if (why is null || seen.Look is not null)
        {
            return null;
        }

        var want = new Want(key, why.Value, Url: null, observation.ApiVersion, observation.Cause, observation.AsOf);
        return CanAsk(key.Livemode) && HasPlace(want) ? want : null;
    }

    /// <summary>Runs in the transaction that moved the mirror, and holds the objects.</summary>
    public async Task RaiseAsync(Session session, IReadOnlyCollection<Want> wants)
    {
        if (wants.Count is 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        Want[] together = [.. wants.GroupBy(want => want.Key).OrderBy(burst => burst.Key).Select(Want.Together)];
        await RaiseAsync(session, [.. together.Where(want => want.IsPressing)], pressing: true, now);
        await RaiseAsync(session, [.. together.Where(want => !want.IsPressing)], pressing: false, now);
    }

    private async Task RaiseAsync(Session session, Want[] wants, bool pressing, DateTimeOffset now)
    {
        if (wants.Length is 0)
        {
            return;
        }

        var runAt = now + (pressing ? Soon : options.QuietMoment);
        var raised = await fetches.WantAsync(session, wants, now);
        await jobs.AddAsync(session, Fetch.JobKind, [.. raised.Where(one => one.IsNew).Select(one => one.Id)], runAt);
        if (pressing)
        {
            await jobs.HastenAsync(session, Fetch.JobKind, [.. raised.Where(one => !one.IsNew).Select(one => one.Id)], runAt);
        }
    }
}
