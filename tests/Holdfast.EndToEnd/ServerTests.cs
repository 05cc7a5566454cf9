namespace Holdfast.EndToEnd;

/// <summary>Tests that load real servers go one after another: side by side they would measure each other.</summary>
[CollectionDefinition(Name)]
public sealed class ServerTests
{
    public const string Name = "Servers";
}
