namespace Holdfast.Tests;

public sealed class TidyTests
{
    [Fact]
    public void The_house_stands() => Assert.True(true);
}
