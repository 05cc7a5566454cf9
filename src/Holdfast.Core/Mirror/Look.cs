using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror;

/// <summary>
/// An answer of Stripe's about an object. It is believed when it was given long enough after the newest change that is
/// known, as what Stripe answers may lag behind what it tells; one that was given earlier confirms nothing, and is
/// repeated.
/// </summary>
/// <param name="ChangedAt">The newest change that is known beside what is held, by Stripe's clock.</param>
/// <param name="IsDisturbed">Something was heard of the object while Stripe was asked.</param>
/// <param name="Before">How often Stripe has been asked about it before, since anybody last wanted to know.</param>
/// <param name="IsAtRest">
/// Nobody had wanted to know for a quiet moment when Stripe was asked, by our own clock: all there is to go by where moments
/// are none of Stripe's own.
/// </param>
internal readonly record struct Look(
    DateTimeOffset? ChangedAt = null, bool IsDisturbed = false, long Before = 0, bool IsAtRest = false)
{
    /// <summary>
    /// If moments still speak against the answer by then, they are none of Stripe's own: what hangs on a test clock does not
    /// always say so.
    /// </summary>
    private const int MaxLooks = 5;

    private bool IsRepeated => Before > 0;

    /// <param name="readLag">How long what Stripe answers may lag behind what it tells.</param>
    /// <returns>What follows for the row; where it asks, the look is to be repeated.</returns>
    public Folded Fold(MirroredObject? held, Observation seen, TimeSpan readLag)
    {
        var isDecisive = !IsDisturbed && (seen.IsOnTestClock || IsOnTestClock(held)
            ? IsRepeated && IsAtRest
            : (Before + 1 >= MaxLooks && IsAtRest)
                || (seen.AsOf >= (held?.AsOf ?? seen.AsOf) && seen.AsOf - Newest(held) > readLag));
        var isSame = held is not null && held.Deleted == seen.Deleted && held.Hash.AsSpan().SequenceEqual(seen.Hash);
        var again = isDecisive ? Question.Nothing : Question.Confirm;
        if (held is { Deleted: true } && seen.Deleted)
        {
            // The body that is held tells more than that it is gone.
            return new(Freshness.Same, held with { Confirmed = true, InDoubt = false }, InDoubt: false, Question.Nothing);
        }

        if (held is not null && Overrules(held, seen))
        {
            // Never at the first look, and where a status is final, at none.
            var isBelieved = isDecisive && IsRepeated && (held.Deleted || !ObjectRelations.IsFinal(held.Key.Type, held.Status));
            return isBelieved
                ? new(Freshness.Fresh, Taken(held, seen, confirmed: true), InDoubt: false, Question.Nothing)
                : new(Freshness.Stale, held, InDoubt: false, isDecisive && IsRepeated ? Question.Nothing : Question.Confirm);
        }

        if (isDecisive)
        {
            return new(isSame ? Freshness.Same : Freshness.Fresh, Taken(held, seen, confirmed: true), InDoubt: false, again);
        }

        // Better than a guess, unless it says that something is gone which may only not have come yet.
        return !isSame && !seen.Deleted && (held is null || (held.InDoubt && (seen.AsOf >= held.AsOf || IsOnTestClock(held))))
            ? new(Freshness.Fresh, Taken(held, seen, confirmed: false), InDoubt: false, again)
            : new(isSame ? Freshness.Same : Freshness.Stale, held, InDoubt: false, again);
    }

    private DateTimeOffset Newest(MirroredObject? held)
    {
        var newest = ChangedAt ?? DateTimeOffset.MinValue;
        return held is { Source: Source.Event } && held.AsOf > newest ? held.AsOf : newest;
    }

    private static bool Overrules(MirroredObject held, Observation seen) =>
        !seen.Deleted && (held.Deleted || (held.Absorbing && held.Status != seen.Status));

    /// <summary>Of what is gone the last body is kept.</summary>
    private static MirroredObject Taken(MirroredObject? held, Observation seen, bool confirmed)
    {
        var taken = Mirror.Fold.Taken(seen, inDoubt: !confirmed, confirmed);
        return held is null || !seen.Deleted
            ? taken
            : taken with
            {
                Body = held.Body,
                Hash = held.Hash,
                Customer = held.Customer,
                Status = held.Status,
                Parent = held.Parent,
            };
    }

    /// <summary>Then its moments are not Stripe's own, and put nothing in order.</summary>
    private static bool IsOnTestClock(MirroredObject? held)
    {
        if (held is null)
        {
            return false;
        }

        using var body = JsonDocument.Parse(held.Body);
        return body.RootElement.Id("test_clock") is not null;
    }
}
