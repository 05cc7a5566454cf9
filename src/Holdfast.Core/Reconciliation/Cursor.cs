namespace Holdfast.Reconciliation;

/// <summary>What of Stripe's is gone through.</summary>
internal enum Sweep
{
    /// <summary>Every event, oldest first.</summary>
    Events,

    /// <summary>Again those of the last days that Stripe could not deliver, in case one was overlooked.</summary>
    Undelivered,
}

internal static class SweepNames
{
    extension(Sweep sweep)
    {
        /// <summary>The word in the database.</summary>
        public string Name => sweep switch
        {
            Sweep.Events => "events",
            Sweep.Undelivered => "undelivered",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    extension(Sweep)
    {
        public static Sweep Parse(string name) => name switch
        {
            "events" => Sweep.Events,
            "undelivered" => Sweep.Undelivered,
            _ => throw new ArgumentException($"\"{name}\" is no sweep.", nameof(name)),
        };
    }
}

/// <summary>How far a sweep has come in one account and mode.</summary>
internal sealed record Cursor
{
    public required long Id { get; init; }

    public required Sweep Sweep { get; init; }

    /// <summary>Empty for our own account.</summary>
    public required string StripeAccount { get; init; }

    public required bool Livemode { get; init; }

    /// <summary>How it stands by Stripe's clock; null before Stripe's first answer.</summary>
    public required Progress? Progress { get; init; }

    /// <summary>When it last came to the present, by our own clock.</summary>
    public required DateTimeOffset? ReachedAt { get; init; }

    /// <summary>Why it comes no further; null when it does.</summary>
    public required string? Trouble { get; init; }

    public required DateTimeOffset? TroubleSince { get; init; }

    /// <summary>Whose events they are, for messages.</summary>
    public string Owner =>
        $"{(StripeAccount is "" ? "our own account" : StripeAccount)} ({(Livemode ? "live" : "test")} mode)";
}

/// <summary>Three moments by Stripe's clock, in this order.</summary>
/// <param name="BeganAt">Nothing older is looked for.</param>
/// <param name="SettledUntil">
/// What lies before was gone through so long after it happened that nothing can have shown up in it since.
/// </param>
/// <param name="WalkedUntil">What lies before was gone through once.</param>
internal sealed record Progress(DateTimeOffset BeganAt, DateTimeOffset SettledUntil, DateTimeOffset WalkedUntil);
