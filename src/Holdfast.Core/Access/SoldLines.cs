using System.Globalization;
using Holdfast.Mirror.Readers;

namespace Holdfast.Access;

/// <summary>What a paid checkout sold, by its line items or by what the merchant named in its metadata.</summary>
internal static class SoldLines
{
    /// <summary>
    /// What the merchant named under <c>price</c>, <c>product</c> or <c>lookup_key</c>, and <c>quantity</c>. One that
    /// cannot be read is not guessed: then nothing was named.
    /// </summary>
    public static IReadOnlyList<CheckoutLineItem> NamedIn(CheckoutSession session)
    {
        var named = new CheckoutLineItem
        {
            Price = session.Metadata.GetValueOrDefault("price"),
            Product = session.Metadata.GetValueOrDefault("product"),
            LookupKey = session.Metadata.GetValueOrDefault("lookup_key"),
            Quantity = QuantityIn(session) ?? 0,
        };
        return named is { Quantity: > 0 } and not { Price: null, Product: null, LookupKey: null } ? [named] : [];
    }

    /// <summary>Whether the metadata, where it names something, names what the line items say.</summary>
    public static bool Agree(CheckoutSession session, IReadOnlyList<CheckoutLineItem> items)
    {
        CheckoutLineItem[] meant =
        [
            .. items.Where(item =>
                Fits("price", item.Price) && Fits("product", item.Product) && Fits("lookup_key", item.LookupKey)),
        ];
        if (meant.Length is 0)
        {
            return false;
        }

        if (!session.Metadata.ContainsKey("quantity"))
        {
            return true;
        }

        var quantity = QuantityIn(session);
        return meant.Any(item => item.Quantity == quantity)
            || GrantRules.Sum(meant.Select(item => item.Quantity)) == quantity;

        bool Fits(string key, string? said) => session.Metadata.GetValueOrDefault(key) is not { } named || named == said;
    }

    private static long? QuantityIn(CheckoutSession session) =>
        long.TryParse(
            session.Metadata.GetValueOrDefault("quantity") ?? "1",
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var quantity)
            ? quantity
            : null;
}
