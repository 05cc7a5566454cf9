namespace Holdfast.Tests.Shop;

/// <summary>Invents ids that look like Stripe's. They carry no order: a later id is not a greater one.</summary>
internal sealed class StripeIds(Random chance)
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>The style of most objects, such as <c>sub_1PgafuB7…</c>; payments and charges begin with a 3.</summary>
    public string Long(string prefix) => prefix + Some(23);

    /// <summary>The style of customers, products, items and requests: fourteen letters.</summary>
    public string Short(string prefix) => prefix + Some(14);

    public string Some(int length) => new(chance.GetItems<char>(Letters, length));

    public int Below(int bound) => chance.Next(bound);
}
