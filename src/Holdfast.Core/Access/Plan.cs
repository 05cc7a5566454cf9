namespace Holdfast.Access;

/// <summary>One thing that is sold: the ways that lead to it, and what it lets one do.</summary>
public sealed record Plan
{
    public required string Id { get; init; }

    /// <summary>For people; nothing depends on it.</summary>
    public string? Name { get; init; }

    /// <summary>Ids of Stripe's prices, or of the plans that came before them.</summary>
    public IReadOnlyList<string> Prices { get; init; } = [];

    /// <summary>Ids of Stripe's products: every price of theirs leads here.</summary>
    public IReadOnlyList<string> Products { get; init; } = [];

    /// <summary>Lookup keys of Stripe's prices.</summary>
    /// <remarks>https://docs.stripe.com/products-prices/manage-prices#lookup-keys</remarks>
    public IReadOnlyList<string> LookupKeys { get; init; } = [];

    public required IReadOnlyDictionary<string, Feature> Features { get; init; }
}
