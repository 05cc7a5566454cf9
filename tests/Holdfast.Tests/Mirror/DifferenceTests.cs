using System.Text;
using Holdfast.Mirror;

namespace Holdfast.Tests.Mirror;

public sealed class DifferenceTests
{
    [Theory]
    [InlineData("""{"status":"active"}""", """{"status":"past_due"}""", """{"status":["active","past_due"]}""")]
    [InlineData("""{"a":{"b":[{"q":1},{"q":2}]}}""", """{"a":{"b":[{"q":1},{"q":3}]}}""", """{"a.b.1.q":[2,3]}""")]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", """{"a":[[1],[1,2]]}""")]
    [InlineData("""{"gone":1}""", """{"come":2}""", """{"come":[null,2],"gone":[1,null]}""")]
    [InlineData("""{"a":null}""", """{"a":{"b":1}}""", """{"a":[null,{"b":1}]}""")]
    [InlineData("""{"a":1,"b":{"c":[]}}""", """{"a":1,"b":{"c":[]}}""", "{}")]
    public void Each_path_that_differs_is_told_with_before_and_after(string before, string after, string expected) =>
        Assert.Equal(expected, Between(before, after));

    [Fact]
    public void A_first_sight_tells_only_what_the_object_is_and_how_it_stands() => Assert.Equal(
        """{"id":[null,"sub_1"],"status":[null,"active"]}""",
        Between(before: null, """{"id":"sub_1","object":"subscription","status":"active","quantity":1}"""));

    [Fact]
    public void A_change_of_everything_is_told_only_so_far()
    {
        var after = "{" + string.Join(',', Enumerable.Range(0, 5000).Select(number => $"\"k{number}\":1")) + "}";

        Assert.Equal(200, Between("{}", after).Split("[null").Length - 1);
    }

    private static string Between(string? before, string after) => Encoding.UTF8.GetString(
        Difference.Between(before is null ? null : Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after)));
}
