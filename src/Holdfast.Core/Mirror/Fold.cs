namespace Holdfast.Mirror;

/// <summary>What an observation was to what is held.</summary>
internal enum Freshness
{
    /// <summary>It is newer, or the first: the row takes it.</summary>
    Fresh,

    /// <summary>It says what is held already.</summary>
    Same,

    /// <summary>It is older: recorded, and the row stays.</summary>
    Stale,
}

/// <summary>Why Stripe is to be asked, the less pressing first.</summary>
internal enum Question
{
    Nothing,

    /// <summary>What is held was chosen by the moment alone: it is made sure of when the object has come to rest.</summary>
    Confirm,

    /// <summary>Nobody but Stripe can tell.</summary>
    Doubt,
}

/// <summary>What follows for the row.</summary>
/// <param name="Next">
/// The row from now on; the very one that was held when nothing changes, which is null when nothing is.
/// </param>
/// <param name="InDoubt">This observation and what is held could not be put in order by what they say.</param>
/// <param name="Ask">What Stripe is to be asked, if it can be asked at all.</param>
internal readonly record struct Folded(Freshness Freshness, MirroredObject? Next, bool InDoubt, Question Ask);

/// <summary>Decides, on the locked row, what an event's observation changes.</summary>
/// <remarks>
/// Stripe promises no order of arrival and warns against <c>created</c> as the order of events
/// (https://docs.stripe.com/webhooks#event-ordering), so the row is the maximum of all observations by
/// (deleted, absorbing, as of, cause): the same for every order of arrival. Where that maximum is a guess the row says
/// that it is in doubt. What Stripe was asked is folded by <see cref="Look"/>.
/// </remarks>
internal static class Fold
{
    /// <param name="readLag">How long what Stripe answers may lag behind what it tells.</param>
    public static Folded Of(MirroredObject? held, Observation seen, TimeSpan readLag = default)
    {
        if (held is null)
        {
            return new(
                Freshness.Fresh,
                Taken(seen, inDoubt: seen.IsOnTestClock),
                seen.IsOnTestClock,
                seen.IsOnTestClock ? Question.Doubt : Question.Nothing);
        }

        var isSame = held.Hash.AsSpan().SequenceEqual(seen.Hash);
        if (IsSettled(held, seen, readLag))
        {
            return new(isSame ? Freshness.Same : Freshness.Stale, held, InDoubt: false, Question.Nothing);
        }

        var rank = Rank(seen).CompareTo(Rank(held));
        var isOfOneKind = Kind(seen) == Kind(held);
        var order = isSame || !isOfOneKind || seen.IsOnTestClock ? Order.Unknown : Proof.Between(held, seen);
        var wins = rank is 0 ? string.CompareOrdinal(seen.Cause, held.Cause) > 0 : rank > 0;
        // The fetch that is held may have been too early to see this.
        var isMissed = isOfOneKind && !wins && held.Source is Source.Fetch && held.AsOf - seen.AsOf <= readLag;
        var isContradicted = order == (wins ? Order.Precedes : Order.Follows);
        // There and back within one second: which of the two came last, no proof can tell any more.
        var isRevisited = isSame && rank is 0 && held.Previous is not null && seen.Previous is not null
            && !held.Previous.AsSpan().SequenceEqual(seen.Previous);
        var doubt = isRevisited || (!isSame
            && (seen.IsOnTestClock || isContradicted || (order is Order.Unknown && (rank is 0 || isMissed))));
        var inDoubt = rank switch
        {
            // What is newer for certain ends the doubt about what came before.
            > 0 => (seen.IsOnTestClock && !(isSame && held.Confirmed)) || doubt,
            _ => held.InDoubt || doubt,
        };
        var previous = isSame && rank is 0 ? (wins ? seen.Previous ?? held.Previous : held.Previous ?? seen.Previous)
            : wins ? seen.Previous : held.Previous;
        var next = wins ? Taken(seen, inDoubt, confirmed: isSame && isOfOneKind && held.Confirmed) with { Previous = previous }
            : held.InDoubt == inDoubt && held.Previous == previous ? held
            : held with { InDoubt = inDoubt, Previous = previous };
        var ask = doubt ? Question.Doubt
            : isOfOneKind ? !isSame && order is Order.Unknown ? Question.Confirm : Question.Nothing
            // The one that can never change again seems to be the older one.
            : (wins ? seen.AsOf < held.AsOf : seen.AsOf > held.AsOf) ? Question.Confirm : Question.Nothing;
        return new(isSame ? Freshness.Same : wins ? Freshness.Fresh : Freshness.Stale, next, doubt, ask);
    }

    internal static MirroredObject Taken(Observation seen, bool inDoubt, bool confirmed = false) => new()
    {
        Key = seen.Key,
        Body = seen.Body,
        Hash = seen.Hash,
        ApiVersion = seen.ApiVersion,
        Customer = seen.Customer,
        Status = seen.Status,
        Parent = seen.Parent,
        AsOf = seen.AsOf,
        Source = seen.Source,
        Cause = seen.Cause,
        Previous = seen.Previous,
        Confirmed = confirmed,
        InDoubt = inDoubt,
        Deleted = seen.Deleted,
    };

    /// <summary>
    /// Stripe was asked so long after this moment that the answer had it in. It is asked again about what says that the
    /// object is gone, as nothing else would ever say so.
    /// </summary>
    private static bool IsSettled(MirroredObject held, Observation seen, TimeSpan readLag) =>
        held is { Confirmed: true, Source: Source.Fetch }
        && !seen.IsOnTestClock
        && !seen.IsLate
        && (held.Deleted || !seen.Deleted)
        && held.AsOf - seen.AsOf > readLag
        && !ObjectRelations.IsFinal(seen.Key.Type, seen.Status);

    private static (bool, bool, DateTimeOffset) Rank(Observation seen) => (seen.Deleted, seen.Absorbing, seen.AsOf);

    private static (bool, bool, DateTimeOffset) Rank(MirroredObject held) => (held.Deleted, held.Absorbing, held.AsOf);

    private static (bool, bool) Kind(Observation seen) => (seen.Deleted, seen.Absorbing);

    private static (bool, bool) Kind(MirroredObject held) => (held.Deleted, held.Absorbing);
}
