using Holdfast.Access;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Access;

/// <summary>Who belongs together is concluded from what was told, whatever the order of arrival.</summary>
public sealed class AccountBinderTests
{
    [Theory, EveryEngine]
    public async Task Two_customers_of_one_reference_and_a_correction_end_in_the_same_accounts_in_every_order(Engine engine)
    {
        Func<string, (long At, string Type, string Json)>[] story =
        [
            n => (1, "customer.created", Customer($"cus_a{n}")),
            n => (2, "checkout.session.completed", Session($"cs_a{n}", $"cus_a{n}", $"ada{n}")),
            n => (3, "customer.created", Customer($"cus_b{n}")),
            n => (4, "checkout.session.completed", Session($"cs_b{n}", $"cus_b{n}", $"ada{n}")),
            n => (5, "customer.updated", Customer($"cus_a{n}", $"bob{n}")),
        ];

        await EndsAlikeAsync(engine, story, n => [$"ada{n}: cus_b{n}", $"bob{n}: cus_a{n}"]);
    }

    [Theory, EveryEngine]
    public async Task The_earliest_checkout_that_names_somebody_wins_in_every_order(Engine engine)
    {
        Func<string, (long At, string Type, string Json)>[] story =
        [
            n => (1, "checkout.session.completed", Session($"cs_0{n}", $"cus_a{n}", reference: null, created: 1)),
            n => (2, "checkout.session.completed", Session($"cs_2{n}", $"cus_a{n}", $"first{n}", created: 2)),
            n => (3, "checkout.session.completed", Session($"cs_1{n}", $"cus_a{n}", $"second{n}", created: 3)),
            n => (4, "customer.subscription.created", Subscription($"sub_a{n}", $"cus_a{n}", $"third{n}")),
        ];

        await EndsAlikeAsync(engine, story, n => [$"first{n}: cus_a{n}"]);
    }

    [Theory, EveryEngine]
    public async Task A_guest_who_becomes_a_customer_later_ends_in_the_same_account_in_every_order(Engine engine)
    {
        Func<string, (long At, string Type, string Json)>[] story =
        [
            n => (1, "checkout.session.completed", Session($"cs_a{n}", customer: null, $"carl{n}")),
            n => (2, "checkout.session.async_payment_succeeded", Session($"cs_a{n}", $"cus_a{n}", $"carl{n}")),
            n => (3, "customer.created", Customer($"cus_a{n}")),
            n => (4, "customer.updated", Customer($"cus_a{n}", $"dora{n}")),
        ];

        await EndsAlikeAsync(engine, story, n => [$"-: cs_a{n}", $"dora{n}: cus_a{n}"]);
    }

    [Theory, EveryEngine]
    public async Task A_reference_taken_back_leaves_each_customer_by_itself_in_every_order(Engine engine)
    {
        Func<string, (long At, string Type, string Json)>[] story =
        [
            n => (1, "customer.created", Customer($"cus_a{n}", $"team{n}")),
            n => (2, "customer.created", Customer($"cus_b{n}", $"team{n}")),
            n => (3, "customer.updated", Customer($"cus_a{n}")),
            n => (4, "customer.updated", Customer($"cus_b{n}")),
        ];

        await EndsAlikeAsync(engine, story, n => [$"-: cus_a{n}", $"-: cus_b{n}"]);
    }

    [Theory, EveryEngine]
    public async Task Customers_of_one_reference_share_one_account_from_then_on(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;

        await told.TellAsync(1, "customer.created", Customer("cus_1", "team"));
        await told.TellAsync(2, "customer.subscription.created", Subscription("sub_1", "cus_2", "team"));

        Assert.Equal("team: cus_1 cus_2", await told.WhoAsync("team"));
        Assert.Equal("team: cus_1 cus_2", await told.WhoAsync("cus_2"));
    }

    [Theory, EveryEngine]
    public async Task The_account_keeps_its_id_when_its_reference_becomes_known(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        await told.TellAsync(1, "customer.created", Customer("cus_1"));
        var before = await told.FindAsync("cus_1");

        await told.TellAsync(2, "customer.updated", Customer("cus_1", "ada"));

        var (old, now) = (Assert.IsType<FoundAccount.One>(before).Account,
            Assert.IsType<FoundAccount.One>(await told.FindAsync("ada")).Account);
        Assert.Equal(old with { Reference = "ada" }, now);
    }

    [Theory, EveryEngine]
    public async Task An_empty_reference_names_nobody(Engine engine)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;

        await told.TellAsync(1, "customer.created", Customer("cus_1", reference: ""));
        await told.TellAsync(2, "customer.created", Customer("cus_2", reference: ""));
        Assert.Equal(": cus_1", await told.WhoAsync("cus_1"));

        await told.TellAsync(3, "checkout.session.completed", Session("cs_1", "cus_1", "ada"));
        Assert.Equal("ada: cus_1", await told.WhoAsync("cus_1"));
    }

    /// <summary>Tells a story in every order, each time of other people, and looks who belongs together in the end.</summary>
    private static async Task EndsAlikeAsync(
        Engine engine, Func<string, (long At, string Type, string Json)>[] story, Func<string, string[]> expected)
    {
        var told = await Told.CreateAsync(engine);
        await using var _ = told.Engine;
        foreach (var order in Permutations([.. Enumerable.Range(0, story.Length)]))
        {
            var suffix = $"_{string.Concat(order)}";
            foreach (var (at, type, json) in order.Select(step => story[step](suffix)))
            {
                await told.TellAsync(at, type, json);
            }

            var accounts = await told.Engine.Store.TextsAsync(
                $"""
                select coalesce(a.reference, '-') || ': ' || {told.Engine.Store.Say(
                    "group_concat(c.customer, ' ')", "string_agg(c.customer, ' ' order by c.customer)")}
                from accounts a
                join account_customers c on c.account = a.id
                where c.customer like '%\{suffix}' escape '\'
                group by a.id
                order by 1
                """);
            Assert.Equal((suffix, string.Join(", ", expected(suffix))), (suffix, string.Join(", ", accounts)));
        }

        Assert.Equal(0, await told.Engine.Store.NumberAsync(
            "select count(*) from accounts where id not in (select account from account_customers)"));
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length is 0
        ? [[]]
        : items.SelectMany(first =>
            Permutations([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));

    private static string Customer(string id, string? reference = null) =>
        $$"""{"id":"{{id}}","object":"customer","metadata":{{Metadata(reference)}} }""";

    private static string Session(string id, string? customer, string? reference, long created = 0) =>
        $$"""
        {"id":"{{id}}","object":"checkout.session","mode":"payment","payment_status":"paid","created":{{created}},
        "customer":{{Text(customer)}},"client_reference_id":{{Text(reference)}},"metadata":{} }
        """;

    private static string Subscription(string id, string customer, string reference) =>
        $$"""
        {"id":"{{id}}","object":"subscription","status":"active","customer":"{{customer}}","created":0,
        "items":{"data":[]},"metadata":{{Metadata(reference)}} }
        """;

    private static string Metadata(string? reference) =>
        reference is null ? "{}" : $$"""{"account_id":"{{reference}}"}""";

    private static string Text(string? text) => text is null ? "null" : $"\"{text}\"";
}
