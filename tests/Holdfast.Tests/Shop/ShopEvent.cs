namespace Holdfast.Tests.Shop;

/// <summary>One event as Stripe would post it: <see cref="Body"/> holds the exact bytes.</summary>
public sealed record ShopEvent
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    /// <summary>What the body's <c>created</c> says, in whole seconds; on a test clock a simulated time.</summary>
    public required DateTimeOffset Created { get; init; }

    public required byte[] Body { get; init; }

    public override string ToString() => $"{Id} {Type}";
}
