using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Tests.Http;

public sealed class FormReaderTests
{
    [Theory]
    [InlineData("a=1&b=2", """{"a":"1","b":"2"}""")]
    [InlineData("a%5Bb%5D=x+y%26z", """{"a":{"b":"x y\u0026z"}}""")]
    [InlineData(
        "items[0][price]=p&items[0][quantity]=2&items[1][price]=q",
        """{"items":[{"price":"p","quantity":"2"},{"price":"q"}]}""")]
    [InlineData(
        "items[][price]=p&items[][quantity]=2&items[][price]=q",
        """{"items":[{"price":"p","quantity":"2"},{"price":"q"}]}""")]
    [InlineData("expand[]=a&expand[]=b.c", """{"expand":["a","b.c"]}""")]
    [InlineData("items[1]=b&items[0]=a", """{"items":["a","b"]}""")]
    [InlineData("metadata[7]=a", """{"metadata":{"7":"a"}}""")]
    [InlineData("metadata[0]=a&metadata[1]=b", """{"metadata":{"0":"a","1":"b"}}""")]
    [InlineData("items[0][metadata][0]=a", """{"items":[{"metadata":{"0":"a"}}]}""")]
    [InlineData("0=a", """{"0":"a"}""")]
    [InlineData("a[-1]=b", """{"a":{"-1":"b"}}""")]
    [InlineData("description=", """{"description":""}""")]
    [InlineData("", "{}")]
    public void A_form_becomes_a_tree(string form, string tree) => Assert.Equal(tree, FormReader.Read(form).ToJsonString());

    [Theory]
    [InlineData("a[b=1")]
    [InlineData("a[b]c=1")]
    [InlineData("a=1&a[b]=2")]
    public void A_name_that_is_not_well_formed_is_refused(string form) =>
        Assert.Equal(400, Assert.Throws<ApiError>(() => FormReader.Read(form)).Status);
}
