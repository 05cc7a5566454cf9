using Holdfast.Findings;
using Holdfast.Storage;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Findings;

public sealed class FindingStoreTests
{
    private static readonly FindingKey Sub1 = new(FindingKinds.Parked, "", Livemode: true, "subscription sub_1");
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, EveryEngine]
    public async Task Raised_again_a_finding_stays_one_and_keeps_its_first_deadline(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var findings = new FindingStore(store.Database);

        Assert.True(await RaiseAsync(store, findings, Sub1, "First.", Now, Now.AddHours(1)));
        Assert.False(await RaiseAsync(store, findings, Sub1, "Second.", Now.AddMinutes(1), Now.AddHours(9)));

        Assert.Equal(
            new Finding
            {
                Id = 1,
                Key = Sub1,
                Message = "Second.",
                Facts = """{"missing":"plan"}""",
                FirstAt = Now,
                LastAt = Now.AddMinutes(1),
                Times = 2,
                DeadlineAt = Now.AddHours(1),
                ClosedAt = null,
                ClosedFor = null,
            },
            Assert.Single(await ListAsync(store, findings)));
    }

    [Theory, EveryEngine]
    public async Task A_deadline_may_be_set_later_where_there_was_none(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var findings = new FindingStore(store.Database);
        await RaiseAsync(store, findings, Sub1, "First.", Now, deadline: null);

        await RaiseAsync(store, findings, Sub1, "Second.", Now, Now.AddHours(1));

        Assert.Equal(Now.AddHours(1), Assert.Single(await ListAsync(store, findings)).DeadlineAt);
    }

    [Theory, EveryEngine]
    public async Task A_closed_finding_tells_why_and_what_comes_back_is_a_new_one(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var findings = new FindingStore(store.Database);
        await RaiseAsync(store, findings, Sub1, "First.", Now, deadline: null);

        Assert.True(await CloseAsync(store, findings, Sub1, Now.AddHours(1)));
        Assert.False(await CloseAsync(store, findings, Sub1, Now.AddHours(2)));
        Assert.True(await RaiseAsync(store, findings, Sub1, "Back.", Now.AddHours(3), deadline: null));

        var all = await ListAsync(store, findings);
        Assert.Equal([(2, "Back.", (DateTimeOffset?)null), (1, "First.", Now.AddHours(1))],
            all.Select(finding => (finding.Id, finding.Message, finding.ClosedAt)));
        Assert.Equal([null, "it came"], all.Select(finding => finding.ClosedFor));
    }

    [Theory, EveryEngine]
    public async Task Only_the_finding_of_that_kind_account_mode_and_subject_is_closed(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var findings = new FindingStore(store.Database);
        FindingKey[] others =
        [
            Sub1 with { Kind = FindingKinds.Gap },
            Sub1 with { StripeAccount = "acct_1" },
            Sub1 with { Livemode = false },
            Sub1 with { Subject = "subscription sub_2" },
        ];
        foreach (var key in others.Append(Sub1))
        {
            Assert.True(await RaiseAsync(store, findings, key, "Raised.", Now, deadline: null));
        }

        Assert.True(await CloseAsync(store, findings, Sub1, Now));

        Assert.Equal(1, await store.NumberAsync("select count(*) from findings where closed_at is not null"));
        Assert.Equal(
            others.Where(key => key.Livemode).Reverse(),
            (await ListAsync(store, findings, isOpen: true)).Select(finding => finding.Key));
    }

    [Theory, EveryEngine]
    public async Task They_are_listed_newest_first_by_kind_state_and_mode_page_by_page(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var findings = new FindingStore(store.Database);
        for (var i = 1; i <= 3; i++)
        {
            await RaiseAsync(store, findings, Sub1 with { Subject = $"subscription sub_{i}" }, "Raised.", Now, deadline: null);
        }

        await RaiseAsync(store, findings, Sub1 with { Kind = FindingKinds.Gap }, "Raised.", Now, deadline: null);
        await RaiseAsync(store, findings, Sub1 with { Livemode = false }, "Raised.", Now, deadline: null);
        await CloseAsync(store, findings, Sub1 with { Subject = "subscription sub_2" }, Now);

        Assert.Equal([4, 3, 2, 1], await IdsAsync(new() { Livemode = true, Limit = 10 }));
        Assert.Equal([5], await IdsAsync(new() { Livemode = false, Limit = 10 }));
        Assert.Equal([4, 3, 1], await IdsAsync(new() { Livemode = true, IsOpen = true, Limit = 10 }));
        Assert.Equal([2], await IdsAsync(new() { Livemode = true, IsOpen = false, Limit = 10 }));
        Assert.Equal([4], await IdsAsync(new() { Livemode = true, Kind = FindingKinds.Gap, Limit = 10 }));
        Assert.Equal([3, 1], await IdsAsync(new() { Livemode = true, IsOpen = true, Kind = FindingKinds.Parked, Limit = 10 }));
        Assert.Equal([2], await IdsAsync(new() { Livemode = true, Before = 3, Limit = 1 }));

        async Task<IEnumerable<long>> IdsAsync(FindingFilter filter) =>
            (await store.ReadAsync(session => findings.ListAsync(session, filter))).Select(finding => finding.Id);
    }

    private static Task<bool> RaiseAsync(
        TestDatabase store,
        FindingStore findings,
        FindingKey key,
        string message,
        DateTimeOffset at,
        DateTimeOffset? deadline) =>
        store.WriteAsync(session => findings.RaiseAsync(session, key, message, """{"missing":"plan"}""", deadline, at));

    private static Task<bool> CloseAsync(TestDatabase store, FindingStore findings, FindingKey key, DateTimeOffset at) =>
        store.WriteAsync(session => findings.CloseAsync(session, key, "it came", at));

    private static Task<List<Finding>> ListAsync(TestDatabase store, FindingStore findings, bool? isOpen = null) =>
        store.ReadAsync(session => findings.ListAsync(session, new() { Livemode = true, IsOpen = isOpen, Limit = 10 }));
}
