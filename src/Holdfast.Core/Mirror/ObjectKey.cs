namespace Holdfast.Mirror;

/// <summary>What tells one of Stripe's objects from every other.</summary>
/// <param name="StripeAccount">The connected account (<c>acct_…</c>); empty for our own.</param>
/// <param name="Type">Stripe's word for it, the value of <c>object</c>: <c>subscription</c>, <c>checkout.session</c>.</param>
internal readonly record struct ObjectKey(string StripeAccount, bool Livemode, string Type, string Id)
    : IComparable<ObjectKey>
{
    /// <summary>The order in which rows are locked and written, the same everywhere, so that nobody waits in a circle.</summary>
    public int CompareTo(ObjectKey other)
    {
        var order = string.CompareOrdinal(Id, other.Id);
        order = order is 0 ? string.CompareOrdinal(Type, other.Type) : order;
        order = order is 0 ? Livemode.CompareTo(other.Livemode) : order;
        return order is 0 ? string.CompareOrdinal(StripeAccount, other.StripeAccount) : order;
    }

    public override string ToString() => $"{Type} {Id}";
}
