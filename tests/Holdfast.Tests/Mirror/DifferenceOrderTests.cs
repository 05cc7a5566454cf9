using System.Text;
using Holdfast.Mirror;

namespace Holdfast.Tests.Mirror;

/// <summary>Bodies are walked in step while their names come in the same order; where not, nothing is missed.</summary>
public sealed class DifferenceOrderTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2,"c":3}""", """{"c":3,"a":1,"b":2}""")]
    [InlineData("""{"a":{"x":1,"y":[2]}}""", """{"a":{"y":[2],"x":1}}""")]
    [InlineData("""{"a":"\u0041"}""", """{"a":"A"}""")]
    public void Another_order_or_another_escape_is_no_difference(string before, string after) =>
        Assert.Equal("{}", Between(before, after));

    [Theory]
    [InlineData("""{"b":1,"c":2}""", """{"a":0,"b":1,"c":3}""", """{"a":[null,0],"c":[2,3]}""")]
    [InlineData("""{"a":0,"b":1,"c":2}""", """{"b":1,"c":3}""", """{"c":[2,3],"a":[0,null]}""")]
    [InlineData("""{"a":0,"b":1,"c":2}""", """{"a":0,"c":3,"b":1}""", """{"c":[2,3]}""")]
    [InlineData("""{"a":0,"b":1}""", """{"a":0}""", """{"b":[1,null]}""")]
    [InlineData("""{"a":0}""", """{"a":0,"b":1}""", """{"b":[null,1]}""")]
    public void A_name_that_comes_goes_or_moves_hides_no_change(string before, string after, string expected) =>
        Assert.Equal(expected, Between(before, after));

    private static string Between(string before, string after) =>
        Encoding.UTF8.GetString(Difference.Between(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after)));
}
