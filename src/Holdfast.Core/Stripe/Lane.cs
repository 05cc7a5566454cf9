namespace Holdfast.Stripe;

/// <summary>Who waits for an answer of Stripe's. When calls are scarce, the first lanes go before the later ones.</summary>
public enum Lane
{
    /// <summary>A customer, or an event whose meaning is in doubt.</summary>
    Live,

    /// <summary>What is probably right already, and is to be made sure of.</summary>
    Confirm,

    /// <summary>What a comparison with Stripe found missing or different.</summary>
    Repair,

    /// <summary>The past: a first import.</summary>
    Backfill,
}
