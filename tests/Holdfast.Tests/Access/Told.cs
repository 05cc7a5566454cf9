using System.Globalization;
using Holdfast.Access;
using Holdfast.Tests.Ingest;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Access;

/// <summary>Tells an engine what Stripe would: objects as JSON, each at a moment, each in an event of its own.</summary>
internal sealed class Told(TestEngine engine)
{
    private int _events;

    public TestEngine Engine => engine;

    public bool Livemode { get; init; }

    public static async Task<Told> CreateAsync(Engine engine, AccessOptions? access = null) =>
        new(await TestEngine.CreateAsync(engine, access: access));

    /// <summary>Delivers and applies one event.</summary>
    /// <param name="at">In seconds, so that the order of events can be told apart from that of their arrival.</param>
    public async Task TellAsync(long at, string type, string json)
    {
        await engine.DeliverAsync(new EventBody($"evt_{(Livemode ? "live" : "test")}_{++_events}", type)
        {
            Created = 1_772_366_400 + at,
            Livemode = Livemode,
            Object = json,
        });
        await engine.ApplyAllAsync();
        Assert.Equal(0, await engine.Store.NumberAsync(
            "select count(*) from jobs where kind = 'event' and state <> 'completed'"));
    }

    public Task<FoundAccount> FindAsync(string key) => engine.Store.ReadAsync(session =>
        engine.Finder.FindAsync(session, stripeAccount: "", Livemode, key));

    /// <summary>What is held about the one account that a key leads to.</summary>
    public async Task<AccessFacts> FactsAsync(string key)
    {
        var account = Assert.IsType<FoundAccount.One>(await FindAsync(key)).Account;
        return await engine.Store.ReadAsync(session => engine.Facts.FactsOfAsync(session, account));
    }

    /// <summary>The customers of the one account that a key leads to, as <c>reference: cus_1 cus_2</c>.</summary>
    public async Task<string> WhoAsync(string key)
    {
        var account = Assert.IsType<FoundAccount.One>(await FindAsync(key)).Account;
        var customers = await engine.Store.ReadAsync(session => engine.Accounts.CustomersAsync(session, account.Id));
        return string.Create(CultureInfo.InvariantCulture, $"{account.Reference}: {string.Join(' ', customers)}");
    }
}
