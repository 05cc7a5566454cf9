using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Access;

namespace Holdfast.Tests.Access;

public sealed class PlansErrorTests
{
    [Theory]
    [InlineData("", """the file: is empty. Begin with {"plans":[…]}.""")]
    [InlineData(" \n\t", """the file: is empty. Begin with {"plans":[…]}.""")]
    [InlineData(
        "plans: []", """line 1, column 1: "p" was not expected here. Look for a missing comma, quote or bracket.""")]
    [InlineData(
        "{\"plans\":[\n  {\"id\":\"é\" \"name\":\"x\"}]}",
        "line 2, column 13: \"\\\"\" was not expected here. Look for a missing comma, quote or bracket.")]
    [InlineData(
        """{"plans":[] // none""", """line 1, column 13: JSON has no comments. Remove it; a plan can have a "name".""")]
    [InlineData(
        "{\r\n  /* none */\r\n}", """line 2, column 3: JSON has no comments. Remove it; a plan can have a "name".""")]
    [InlineData(
        "{\"plans\":[],\n}", "line 2, column 1: a comma stands before a closing bracket. Remove the comma.")]
    [InlineData("""{"plans":[1, ]}""", "line 1, column 14: a comma stands before a closing bracket. Remove the comma.")]
    [InlineData("{'plans':[]}", "line 1, column 2: JSON has no single quotes. Use double quotes.")]
    [InlineData("""{"plans":[""", "line 1, column 11: the file ends too early. Close every quote, bracket and brace.")]
    [InlineData("""{"pla""", "line 1, column 6: the file ends too early. Close every quote, bracket and brace.")]
    [InlineData(
        """{"plans":[]} {""",
        """line 1, column 14: "{" was not expected here. Look for a missing comma, quote or bracket.""")]
    [InlineData(
        "{\"plans\n\":[]}",
        "line 1, column 8: a text may not hold a tab or the end of a line. Close its quote before.")]
    [InlineData(
        """{"plans":["\ud800"]}""",
        "line 1, column 11: this text has bytes or escapes that mean nothing. "
        + "Save the file as UTF-8, and write characters as they are instead of as \\u….")]
    public void What_is_no_JSON_is_refused_with_the_place(string json, string error) =>
        Assert.Equal([error], Errors(json));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_with_the_place()
    {
        var file = Assert.IsType<PlansFile.Invalid>(Plans.Parse([.. "{\n \""u8, 0xFF, .. "\":1}"u8]));

        Assert.Equal("line 2, column 2", Assert.Single(file.Errors).Path);
    }

    [Theory]
    [InlineData("[]", """the file: should be an object but is a list. Begin with {"plans":[…]}.""")]
    [InlineData("null", """the file: should be an object but is null. Begin with {"plans":[…]}.""")]
    [InlineData("{}", """plans: is missing. List what you sell: "plans":[{"id":"pro",…}].""")]
    [InlineData(
        """{"plans":{}}""",
        """plans: should be a list but is an object. List what you sell: "plans":[{"id":"pro",…}].""")]
    [InlineData("""{"plans":[]}""", "plans: is empty, so nothing could ever be granted. List at least one plan.")]
    [InlineData("""{"plans":["pro"]}""", """plans[0]: should be an object but is "pro". Write {"id":"pro",…}.""")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"plan":[]}""",
        """plan: is not a key that is known here. Did you mean "plans"?""")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"currency":1}""",
        "currency: is not a key that is known here. Known keys are $schema, plans, policies.")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"policies":[]}""",
        """policies: should be an object but is a list. Write {"past_due":"keep"}.""")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"policies":{"pastdue":"keep"}}""",
        """policies.pastdue: is not a key that is known here. Did you mean "past_due"?""")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"policies":{"past_due":true}}""",
        "policies.past_due: true is not a policy. "
        + "Write \"keep\" to go on granting while Stripe retries the payment, \"revoke\" to stop at once.")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"policies":{"past_due":"Keep"}}""",
        "policies.past_due: \"Keep\" is not a policy. "
        + "Write \"keep\" to go on granting while Stripe retries the payment, \"revoke\" to stop at once.")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"plans":[{"id":"a","prices":["x"]}]}""",
        "plans: is written twice. Keep one.")]
    [InlineData(
        """{"plans":[{"id":"a","prices":["x"]}],"policies":{"past_due":"keep","past_due":"keep"}}""",
        "policies.past_due: is written twice. Keep one.")]
    public void A_file_that_is_not_a_list_of_plans_is_refused(string json, string error) =>
        Assert.Equal([error], Errors(json));

    [Theory]
    [InlineData(
        """{"prices":["x"]}""", """plans[0].id: is missing. Give the plan an id, such as "pro".""")]
    [InlineData("""{"id":7,"prices":["x"]}""", "plans[0].id: should be text but is 7. Write it in quotes.")]
    [InlineData("""{"id":"","prices":["x"]}""", "plans[0].id: is blank. Write what it stands for, or remove it.")]
    [InlineData(
        """{"id":"pro plan","prices":["x"]}""",
        """plans[0].id: "pro plan" has white space or an invisible character in it. Remove it.""")]
    [InlineData(
        """{"id":"a","prices":["price_1\u200b"]}""",
        """plans[0].prices[0]: "price_1\u200B" has white space or an invisible character in it. Remove it.""")]
    [InlineData(
        """{"id":"a","products":["prod_1\t"]}""",
        """plans[0].products[0]: "prod_1\t" has white space or an invisible character in it. Remove it.""")]
    [InlineData(
        """{"id":"a","lookup_keys":[" pro"]}""",
        """plans[0].lookup_keys[0]: " pro" has white space around it or an invisible character in it. Remove it.""")]
    [InlineData(
        """{"id":"a","lookup_keys":["  "]}""",
        "plans[0].lookup_keys[0]: is blank. Write what it stands for, or remove it.")]
    [InlineData(
        """{"id":"a","name":" ","prices":["x"]}""",
        "plans[0].name: is blank. Name the plan as people know it, or leave this out.")]
    [InlineData(
        """{"id":"a","name":null,"prices":["x"]}""",
        "plans[0].name: should be text but is null. Name the plan as people know it, or leave this out.")]
    [InlineData(
        """{"id":"a","price":"x","products":["y"]}""",
        """plans[0].price: is not a key that is known here. Did you mean "prices"?""")]
    [InlineData(
        """{"id":"a","prices":["x"],"interval":"month"}""",
        "plans[0].interval: is not a key that is known here. "
        + "Known keys are id, name, prices, products, lookup_keys, features.")]
    [InlineData(
        """{"id":"a","prices":["x"],"our key":1}""",
        """plans[0]["our key"]: is not a key that is known here. """
        + "Known keys are id, name, prices, products, lookup_keys, features.")]
    [InlineData("""{"id":"a","id":"b","prices":["x"]}""", "plans[0].id: is written twice. Keep one.")]
    [InlineData(
        """{"id":"a","prices":"x"}""",
        """plans[0].prices: should be a list but is "x". Write "prices":["…"], also for a single one.""")]
    [InlineData("""{"id":"a","prices":[1]}""", "plans[0].prices[0]: should be text but is 1. Write it in quotes.")]
    [InlineData(
        """{"id":"a","prices":["x","x"]}""",
        """plans[0].prices[1]: "x" is listed twice in this plan. Remove one.""")]
    [InlineData(
        """{"id":"a","prices":["prod_1"]}""",
        """plans[0].prices[0]: "prod_1" is the id of a product. Move it to "products".""")]
    [InlineData(
        """{"id":"a","products":["price_1"]}""",
        """plans[0].products[0]: "price_1" is the id of a price. Move it to "prices".""")]
    [InlineData(
        """{"id":"a","prices":[],"lookup_keys":[],"features":{}}""",
        "plans[0]: has no price, product or lookup key, so nothing could ever lead to it. "
        + "Add what is sold at Stripe, such as \"prices\":[\"price_…\"].")]
    [InlineData(
        """{"id":"a","prices":["x"],"features":["export"]}""",
        """plans[0].features: should be an object but is a list. Write {"export":true,"seats":5}.""")]
    public void A_plan_that_cannot_be_meant_is_refused(string plan, string error) =>
        Assert.Equal([error], Errors($$"""{"plans":[{{plan}}]}"""));

    [Theory]
    [InlineData(
        "\"seats\":\"5\"",
        """plans[0].features.seats: "5" is not what a feature can be. Write true, false, a limit such as 5, """
        + """{"limit":5} or {"per_quantity":5}.""")]
    [InlineData(
        "\"seats\":null",
        "plans[0].features.seats: null is not what a feature can be. Write true, false, a limit such as 5, "
        + """{"limit":5} or {"per_quantity":5}.""")]
    [InlineData(
        "\"seats\":-1",
        "plans[0].features.seats: -1 is negative. Write 0 or more; to grant without a limit, make the feature true.")]
    [InlineData(
        "\"seats\":1.5",
        "plans[0].features.seats: 1.5 is not a whole number in plain digits. Write a limit such as 5.")]
    [InlineData(
        "\"seats\":1e3",
        "plans[0].features.seats: 1e3 is not a whole number in plain digits. Write a limit such as 5.")]
    [InlineData(
        "\"seats\":9223372036854775808",
        "plans[0].features.seats: 9223372036854775808 is more than 9223372036854775807. "
        + "To grant without a limit, make the feature true.")]
    [InlineData(
        "\"seats\":{}",
        """plans[0].features.seats: has no limit. Write either {"limit":5} or {"per_quantity":5}.""")]
    [InlineData(
        "\"seats\":{\"limit\":1,\"per_quantity\":1}",
        """plans[0].features.seats: has both a limit and a per_quantity. """
        + """Write either {"limit":5} or {"per_quantity":5}.""")]
    [InlineData(
        "\"seats\":{\"limit\":true}",
        "plans[0].features.seats.limit: should be a number but is true. Write a limit such as 5.")]
    [InlineData(
        "\"seats\":{\"per_quantity\":-2}",
        "plans[0].features.seats.per_quantity: -2 is negative. "
        + "Write 0 or more; to grant without a limit, make the feature true.")]
    [InlineData(
        "\"seats\":{\"limit\":1,\"limit\":1}", "plans[0].features.seats.limit: is written twice. Keep one.")]
    [InlineData(
        "\"seats\":{\"limit\":1,\"per_quantiy\":1}",
        """plans[0].features.seats.per_quantiy: is not a key that is known here. Did you mean "per_quantity"?""")]
    [InlineData("\"seats\":1,\"seats\":2", "plans[0].features.seats: is written twice. Keep one.")]
    [InlineData(
        "\"my seats\":1",
        """plans[0].features["my seats"]: "my seats" has white space or an invisible character in it. Remove it.""")]
    [InlineData("\"\":1", """plans[0].features[""]: is blank. Write what it stands for, or remove it.""")]
    public void A_feature_that_cannot_be_meant_is_refused(string features, string error) =>
        Assert.Equal([error], Errors($$$"""{"plans":[{"id":"a","prices":["x"],"features":{{{{features}}}}}]}"""));

    [Fact]
    public void No_two_plans_share_an_id() =>
        Assert.Equal(
            ["""plans[1].id: "a" is already the id of plans[0]. Give each plan its own id."""],
            Errors("""{"plans":[{"id":"a","prices":["x"]},{"id":"a","prices":["y"]}]}"""));

    [Theory]
    [InlineData("prices")]
    [InlineData("products")]
    [InlineData("lookup_keys")]
    public void No_way_leads_to_two_plans(string way) =>
        Assert.Equal(
            [$"""plans[1].{way}[1]: "x" already leads to plans[0] ("a"). Remove it from one of the two plans."""],
            Errors($$"""{"plans":[{"id":"a","{{way}}":["x"]},{"id":"b","{{way}}":["y","x"]}]}"""));

    [Fact]
    public void A_file_that_is_too_big_is_refused_unread() =>
        Assert.Equal(
            ["the file: has 1048577 bytes, more than the 1048576 it may have. "
                + "Check that this is the list of plans, and shorten it."],
            Errors(new string('x', Plans.MaxBytes + 1)));

    [Fact]
    public void All_errors_are_told_at_once() =>
        Assert.Equal(
            ["tenant", "plans[0].id", "plans[0]", "plans[1]", "plans[2].prices[0]", "plans[2].features.a",
                "plans[2].features.b.limit", "policies.past_due"],
            Invalid("""
                {"tenant":1,"policies":{"past_due":0},"plans":[
                  {"id":""},
                  3,
                  {"id":"c","prices":[""],"features":{"a":-1,"ok":1,"b":{"limit":"x"}}}
                ]}
                """).Select(error => error.Path));

    [Fact]
    public void A_message_neither_grows_with_the_file_nor_breaks_a_line()
    {
        var error = Assert.Single(Errors($$"""{"plans":["a\nb{{new string('x', 5000)}}"]}"""));

        Assert.StartsWith("""plans[0]: should be an object but is "a\nbxxx""", error, StringComparison.Ordinal);
        Assert.InRange(error.Length, 80, 200);
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var valid = """
            {"plans":[{"id":"ä","prices":["x\u00e9"],"features":{"a":{"limit":1},"b":-2.5e9}}]}
            """u8.ToArray();
        var broken =
            from edits in Gen.Choose(1, 4).SelectMany(count => Gen.ArrayOf(
                from place in Gen.Choose(0, valid.Length - 1)
                from value in Gen.Elements<byte>([.. "\"\\{}[],:/'u0d8 \n"u8, 0x00, 0x80, 0xC3, 0xED, 0xFF])
                select (place, value), count))
            from length in Gen.Elements(valid.Length, valid.Length, valid.Length / 2, 3)
            select Edited(edits)[..length];

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(3_000).WithQuietOnSuccess(true),
            Prop.ForAll(broken.ToArbitrary(), bytes => Plans.Parse(bytes) switch
            {
                PlansFile.Invalid(var errors) => errors.Count > 0 && errors.All(error => error.Path is not ""),
                _ => true,
            }));

        byte[] Edited((int Place, byte Value)[] edits)
        {
            byte[] bytes = [.. valid];
            foreach (var (place, value) in edits)
            {
                bytes[place] = value;
            }

            return bytes;
        }
    }

    private static string[] Errors(string json) => [.. Invalid(json).Select(error => error.ToString())];

    private static IReadOnlyList<PlansError> Invalid(string json) =>
        Assert.IsType<PlansFile.Invalid>(Plans.Parse(Encoding.UTF8.GetBytes(json))).Errors;
}
