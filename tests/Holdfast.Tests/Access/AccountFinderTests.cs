using Holdfast.Access;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Access;

public sealed class AccountFinderTests
{
    [Theory, EveryEngine]
    public async Task Every_id_of_an_account_leads_to_it(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.created", Customer("cus_1", "ada@example.com", "ada"));

        var account = Assert.IsType<FoundAccount.One>(await told.FindAsync("cus_1")).Account;

        Assert.Equal(("ada", false, ""), (account.Reference, account.Livemode, account.StripeAccount));
        foreach (var key in (string[])[account.Id.ToString(), "ada", "ada@example.com", "ADA@Example.COM"])
        {
            Assert.Equal((key, new FoundAccount.One(account)), (key, await told.FindAsync(key)));
        }
    }

    [Theory, EveryEngine]
    public async Task What_nobody_has_leads_to_nobody(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.created", Customer("cus_1", "ada@example.com", "ada"));

        foreach (var key in (string[])["cus_2", "hfa_999", "hfa_", "hfa_x", "bob", "bob@example.com", "@", "%", "", "ADA"])
        {
            Assert.Equal((key, new FoundAccount.None()), (key, await told.FindAsync(key)));
        }
    }

    [Theory, EveryEngine]
    public async Task A_reference_chosen_by_a_stranger_cannot_pass_for_anothers_id(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.created", Customer("cus_victim", "ada@example.com"));
        var victim = Assert.IsType<FoundAccount.One>(await told.FindAsync("cus_victim")).Account;

        await told.TellAsync(2, "customer.created", Customer("cus_stranger1", "1@example.com", "cus_victim"));
        await told.TellAsync(3, "customer.created", Customer("cus_stranger2", "2@example.com", victim.Id.ToString()));

        Assert.Equal(new FoundAccount.One(victim), await told.FindAsync("cus_victim"));
        Assert.Equal(new FoundAccount.One(victim), await told.FindAsync(victim.Id.ToString()));
    }

    [Theory, EveryEngine]
    public async Task An_address_of_several_accounts_names_them_all_and_none(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.created", Customer("cus_1", "shared@example.com"));
        await told.TellAsync(2, "customer.created", Customer("cus_2", "Shared@Example.com"));

        var several = Assert.IsType<FoundAccount.Several>(await told.FindAsync("shared@example.com"));

        AccountId[] both = [await IdAsync(told, "cus_1"), await IdAsync(told, "cus_2")];
        Assert.Equal(both.OrderBy(id => id.Value), several.Ids);
    }

    [Theory, EveryEngine]
    public async Task An_address_of_two_customers_of_one_account_names_that_account(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.created", Customer("cus_1", "ada@example.com", "ada"));
        await told.TellAsync(2, "customer.created", Customer("cus_2", "ada@example.com", "ada"));

        Assert.Equal(await told.FindAsync("ada"), await told.FindAsync("ada@example.com"));
    }

    [Theory, EveryEngine]
    public async Task A_deleted_customer_is_not_found_by_its_address_but_still_by_its_id(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.created", Customer("cus_1", "ada@example.com"));
        await told.TellAsync(2, "customer.deleted", Customer("cus_1", "ada@example.com"));
        await told.TellAsync(3, "customer.created", Customer("cus_2", "ada@example.com"));

        Assert.Equal(await told.FindAsync("cus_2"), await told.FindAsync("ada@example.com"));
        Assert.IsType<FoundAccount.One>(await told.FindAsync("cus_1"));
    }

    [Theory, EveryEngine]
    public async Task Nobody_is_found_from_the_other_mode(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        var live = new Told(told.Engine) { Livemode = true };
        await told.TellAsync(1, "customer.created", Customer("cus_1", "ada@example.com", "ada"));
        var test = await IdAsync(told, "cus_1");

        foreach (var key in (string[])["cus_1", "ada", "ada@example.com", test.ToString()])
        {
            Assert.Equal((key, new FoundAccount.None()), (key, await live.FindAsync(key)));
        }
    }

    [Theory]
    [InlineData("hfa_12", 12L)]
    [InlineData("hfa_", null)]
    [InlineData("hfa_x", null)]
    [InlineData("hfa_-1", null)]
    [InlineData("hfa_ 12", null)]
    [InlineData("hfa_+12", null)]
    [InlineData("hfa_012", null)]
    [InlineData("ACC_12", null)]
    [InlineData("hfa_99999999999999999999", null)]
    public void Only_what_an_account_id_looks_like_is_one(string text, long? id) =>
        Assert.Equal(id, AccountId.Parse(text)?.Value);

    private static async Task<AccountId> IdAsync(Told told, string key) =>
        Assert.IsType<FoundAccount.One>(await told.FindAsync(key)).Account.Id;

    private static string Customer(string id, string email, string? reference = null) =>
        $$"""
        {"id":"{{id}}","object":"customer","email":"{{email}}",
        "metadata":{{(reference is null ? "{}" : $$"""{"account_id":"{{reference}}"}""")}}}
        """;
}
