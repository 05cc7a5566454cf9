using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Holdfast.EndToEnd.LongestFirst))]

namespace Holdfast.EndToEnd;

/// <summary>Tests that load real servers go one after another: side by side they would measure each other.</summary>
[CollectionDefinition(Name)]
public sealed class ServerTests
{
    public const string Name = "Servers";
}

/// <summary>
/// The tests of that collection take the longest together: what else there is runs beside them, and not before them.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(one => one.TestCollectionDisplayName == ServerTests.Name ? 0 : 1)];
}
