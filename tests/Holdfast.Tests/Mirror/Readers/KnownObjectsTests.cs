using System.Text.Json;
using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class KnownObjectsTests
{
    // What came before prices is read as one, and only where it stands inside another object.
    [Theory, EverySample(Without = ["plan", "sku"])]
    public void An_object_of_a_known_type_must_be_readable(string sample)
    {
        var (type, body) = (Sample.Named(sample).Type, Sample.BodyOf(sample));

        Assert.True(KnownObjects.Contains(type));
        KnownObjects.Require(type, body);
        Assert.Throws<UnreadableObjectException>(() => KnownObjects.Require(type, JsonElement.Parse("{}")));
    }

    [Theory]
    [InlineData("loyalty.card")]
    [InlineData("Customer")]
    [InlineData("")]
    public void Nothing_is_asked_of_an_object_of_another_type(string type)
    {
        Assert.False(KnownObjects.Contains(type));
        KnownObjects.Require(type, JsonElement.Parse("{}"));
    }
}
