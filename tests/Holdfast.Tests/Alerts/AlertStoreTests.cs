using Holdfast.Alerts;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Alerts;

public sealed class AlertStoreTests
{
    private static readonly AlertKey About1 = new("event_conflict", "evt_1");
    private static readonly AlertKey About2 = new("event_conflict", "evt_2");
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, EveryEngine]
    public async Task Raised_again_an_alert_counts_up_in_its_one_row(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var alerts = new AlertStore(store.Database);

        await RaiseAsync(store, alerts, About1, "First.", Now);
        await RaiseAsync(store, alerts, About1, "Second.", Now.AddMinutes(1));
        await RaiseAsync(store, alerts, About1, "Third.", Now.AddMinutes(2));

        Assert.Equal(
            new Alert
            {
                Id = 1,
                Kind = "event_conflict",
                Subject = "evt_1",
                Message = "Third.",
                FirstAt = Now,
                LastAt = Now.AddMinutes(2),
                Times = 3,
                AcknowledgedBy = null,
                AcknowledgedAt = null,
            },
            Assert.Single(await ListAsync(store, alerts)));
    }

    [Theory, EveryEngine]
    public async Task Alerts_about_others_are_rows_of_their_own_newest_first(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var alerts = new AlertStore(store.Database);

        await RaiseAsync(store, alerts, About1, "One.", Now);
        await RaiseAsync(store, alerts, About2, "Two.", Now);
        await RaiseAsync(store, alerts, About1 with { Kind = "other" }, "Three.", Now);

        Assert.Equal(["Three.", "Two.", "One."], (await ListAsync(store, alerts)).Select(alert => alert.Message));
    }

    [Theory, EveryEngine]
    public async Task An_acknowledged_alert_stays_open_and_tells_by_whom(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var alerts = new AlertStore(store.Database);
        var lasting = About1 with { Kind = "clock_skew" };
        await RaiseAsync(store, alerts, lasting, "One.", Now);

        Assert.True(await store.WriteAsync(session => alerts.AcknowledgeAsync(session, 1, "ada", Now.AddHours(1))));
        await RaiseAsync(store, alerts, lasting, "Again.", Now.AddHours(2));

        var alert = Assert.Single(await ListAsync(store, alerts));
        Assert.Equal(("ada", Now.AddHours(1), 2), (alert.AcknowledgedBy, alert.AcknowledgedAt, alert.Times));
    }

    [Theory, EveryEngine]
    public async Task A_conflict_that_somebody_has_looked_at_is_over(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var alerts = new AlertStore(store.Database);
        await RaiseAsync(store, alerts, new(AlertKinds.EventConflict, "evt_1"), "One.", Now);

        Assert.True(await store.WriteAsync(session => alerts.AcknowledgeAsync(session, 1, "ada", Now.AddHours(1))));

        Assert.Empty(await ListAsync(store, alerts));
    }

    [Theory, EveryEngine]
    public async Task One_that_is_cleared_or_was_never_there_cannot_be_acknowledged(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var alerts = new AlertStore(store.Database);
        await RaiseAsync(store, alerts, About1, "One.", Now);
        await store.RunAsync(store.Say("update alerts set cleared_at = 1", "update alerts set cleared_at = now()"));

        Assert.False(await store.WriteAsync(session => alerts.AcknowledgeAsync(session, 1, "ada", Now)));
        Assert.False(await store.WriteAsync(session => alerts.AcknowledgeAsync(session, 2, "ada", Now)));
        Assert.Empty(await ListAsync(store, alerts));
    }

    [Theory, EveryEngine]
    public async Task What_comes_back_after_it_was_cleared_is_a_new_alert(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var alerts = new AlertStore(store.Database);
        await RaiseAsync(store, alerts, About1, "One.", Now);
        await store.RunAsync(store.Say("update alerts set cleared_at = 1", "update alerts set cleared_at = now()"));

        await RaiseAsync(store, alerts, About1, "Back.", Now.AddDays(1));

        var alert = Assert.Single(await ListAsync(store, alerts));
        Assert.Equal((2, 1, Now.AddDays(1)), (alert.Id, alert.Times, alert.FirstAt));
    }

    private static Task<bool> RaiseAsync(
        TestDatabase store, AlertStore alerts, AlertKey key, string message, DateTimeOffset at) =>
        store.WriteAsync(async session =>
        {
            await alerts.RaiseAsync(session, key, message, at);
            return true;
        });

    private static Task<List<Alert>> ListAsync(TestDatabase store, AlertStore alerts) =>
        store.ReadAsync(session => alerts.ListOpenAsync(session, before: null, limit: 10));
}
