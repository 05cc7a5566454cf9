using Holdfast.Nodes;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Nodes;

public sealed class NodeStoreTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Theory, EveryEngine]
    public async Task Nodes_are_listed_newest_first_a_page_at_a_time(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var nodes = new NodeStore(store.Database);
        var now = store.Clock.GetUtcNow();
        foreach (var name in (string[])["a", "b", "c"])
        {
            await store.WriteAsync(session => nodes.BeginAsync(session, new(name, "1.2.3"), now));
        }

        var first = await store.ReadAsync(session => nodes.ListAsync(session, before: null, limit: 2));
        var rest = await store.ReadAsync(session => nodes.ListAsync(session, first[^1].Id, limit: 2));

        Assert.Equal(["c", "b"], first.Select(node => node.Name));
        Assert.Equal(
            [new() { Id = 1, Name = "a", Version = "1.2.3", StartedAt = now, SeenAt = now, EndedAt = null, Lost = false }],
            rest);
    }

    [Theory, EveryEngine]
    public async Task A_node_is_alive_until_it_is_late_and_ended_when_it_says_so(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var nodes = new NodeStore(store.Database);
        var id = await store.WriteAsync(
            session => nodes.BeginAsync(session, new("a", "1.2.3"), store.Clock.GetUtcNow()));
        store.Clock.Advance(TimeSpan.FromHours(1));
        var seenAt = store.Clock.GetUtcNow();

        Assert.True(await store.WriteAsync(session => nodes.BeatAsync(session, id, seenAt)));
        Assert.Equal("alive", await StateAsync(seenAt + Node.LateAfter));
        Assert.Equal("late", await StateAsync(seenAt + Node.LateAfter + Tick));

        await store.WriteAsync(async session =>
        {
            await nodes.EndAsync(session, id, seenAt);
            return true;
        });
        Assert.Equal("ended", await StateAsync(seenAt + Node.LateAfter + Tick));
        Assert.False(await store.WriteAsync(session => nodes.BeatAsync(session, id, seenAt)));

        async Task<string> StateAsync(DateTimeOffset at) =>
            Assert.Single(await store.ReadAsync(session => nodes.ListAsync(session, before: null, limit: 2))).StateAt(at);
    }

    [Theory, EveryEngine]
    public async Task A_former_life_that_never_ended_is_lost_once_the_next_has_begun(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var nodes = new NodeStore(store.Database);
        var startedAt = store.Clock.GetUtcNow();
        var next = new ThisNode("a", "1.2.4");
        await store.WriteAsync(session => nodes.BeginAsync(session, new("a", "1.2.3"), startedAt));
        var later = startedAt + Node.LateAfter + Tick;
        await store.WriteAsync(async session =>
        {
            next.Id = await nodes.BeginAsync(session, next, later);
            await nodes.EndFormerAsync(session, next.Id, next.Name, later);
            return true;
        });

        var listed = await store.ReadAsync(session => nodes.ListAsync(session, before: null, limit: 3));
        Assert.Equal(
            [("1.2.4", "alive"), ("1.2.3", "lost")], listed.Select(node => (node.Version, node.StateAt(later))));
    }
}
