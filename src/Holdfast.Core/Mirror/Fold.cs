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

/// <summary>What follows for the row.</summary>
/// <param name="Next">The row from now on; the very one that was held when nothing changes.</param>
/// <param name="InDoubt">This observation and what is held could not be put in order by what they say.</param>
internal readonly record struct Folded(Freshness Freshness, MirroredObject Next, bool InDoubt);

/// <summary>Decides, on the locked row, what an observation changes.</summary>
/// <remarks>
/// Stripe promises no order of arrival and warns against <c>created</c> as the order of events
/// (https://docs.stripe.com/webhooks#event-ordering), so the row is the maximum of all observations by
/// (deleted, absorbing, as of, cause): the same for every order of arrival. Where that maximum is a guess the row says
/// that it is in doubt.
/// </remarks>
internal static class Fold
{
    public static Folded Of(MirroredObject? held, Observation seen)
    {
        if (held is null)
        {
            return new(Freshness.Fresh, Taken(seen, inDoubt: seen.IsOnTestClock), seen.IsOnTestClock);
        }

        var sameBody = held.Hash.AsSpan().SequenceEqual(seen.Hash);
        var rank = Rank(seen).CompareTo(Rank(held));
        var doubt = !sameBody && (rank is 0 || seen.IsOnTestClock);
        var inDoubt = rank switch
        {
            // What is newer for certain ends the doubt about what came before.
            > 0 => seen.IsOnTestClock,
            0 => held.InDoubt || doubt,
            < 0 => held.InDoubt,
        };
        var wins = rank is 0 ? string.CompareOrdinal(seen.Cause, held.Cause) > 0 : rank > 0;
        var next = wins ? Taken(seen, inDoubt) : held.InDoubt == inDoubt ? held : held with { InDoubt = inDoubt };
        return new(sameBody ? Freshness.Same : wins ? Freshness.Fresh : Freshness.Stale, next, doubt);
    }

    private static (bool, bool, DateTimeOffset) Rank(Observation seen) => (seen.Deleted, seen.Absorbing, seen.AsOf);

    private static (bool, bool, DateTimeOffset) Rank(MirroredObject held) =>
        (held.Deleted, ObjectRelations.IsAbsorbing(held.Key.Type, held.Status), held.AsOf);

    private static MirroredObject Taken(Observation seen, bool inDoubt) => new()
    {
        Key = seen.Key,
        Body = seen.Body,
        Hash = seen.Hash,
        ApiVersion = seen.ApiVersion,
        Customer = seen.Customer,
        Status = seen.Status,
        Parent = seen.Parent,
        AsOf = seen.AsOf,
        Cause = seen.Cause,
        Confirmed = false,
        InDoubt = inDoubt,
        Deleted = seen.Deleted,
    };
}
