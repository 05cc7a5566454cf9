namespace Holdfast.Server.Demonstration;

internal sealed record DemoOptions
{
    /// <summary>Null goes on until it is stopped.</summary>
    public int? Months { get; init; }

    public required int Customers { get; init; }

    public required long Seed { get; init; }

    /// <summary>Holdfast's; null takes the usual one, or a free one where that is taken.</summary>
    public int? Port { get; init; }
}
