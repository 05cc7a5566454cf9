namespace Holdfast.EndToEnd;

/// <summary>Tests that load real servers go one after another: beside each other they would only measure each other.</summary>
[CollectionDefinition(Name)]
public sealed class ServerTests
{
    public const string Name = "Servers";
}
