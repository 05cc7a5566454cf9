using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>
/// All stories together, as they come in a shop: each customer comes at a moment of the month by chance and lives a
/// story by chance. Half of them pay weekly, so that renewals, declines and notices end within the month.
/// </summary>
public sealed class RunningShop : IAsyncDisposable
{
    public static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>The last of them come early enough for something to happen to them.</summary>
    private const int ComeWithinMinutes = 20 * 24 * 60;

    private const double Weekly = 0.5;

    private static readonly Story[] Stories =
    [
        Renewal.Play,
        DeclineThenRecovery.Play,
        ThreeDSecure.Play,
        Upgrade.Play,
        Quantity.Play,
        CancelAtPeriodEnd.Play,
        Refunded.Play,
        DisputeLost.Play,
        BankDebit.Play,
        MarketplacePurchase.Play,
    ];

    private readonly Theatre _theatre;
    private readonly Stage _stage;

    /// <summary>When a customer does something next.</summary>
    internal DateTimeOffset? NextAt => _stage.NextAt;

    internal RunningShop(Theatre theatre)
    {
        _theatre = theatre;
        _stage = theatre.NewStage();
    }

    internal static Scenario Scenario { get; } = new(
        "month-of-a-shop",
        "All of these by many customers, within a month.",
        async (theatre, options, ct) =>
        {
            await using var shop = new RunningShop(theatre);
            var shoppers = await shop.WelcomeAsync(options.Customers, firstStory: 0, ct);
            await shop.PassAsync(Month, ct);
            return ScenarioReport.Of(shoppers);
        });

    /// <summary>Lets so many new customers come within the month that begins now.</summary>
    public Task ExpectAsync(int customers, CancellationToken ct = default) => WelcomeAsync(customers, firstStory: 0, ct);

    /// <param name="firstStory">The first customer's; the next ones live the next ones.</param>
    internal Task ExpectAsync(int customers, int firstStory, CancellationToken ct) => WelcomeAsync(customers, firstStory, ct);

    /// <summary>Lets time pass, with all that customers do in it. Whoever's story is not at its end goes on next time.</summary>
    public async Task PassAsync(TimeSpan span, CancellationToken ct = default)
    {
        var until = _theatre.Now + span;
        await _stage.PlayAsync(until, ct);
        await _theatre.PassUntilAsync(until, ct);
    }

    /// <summary>
    /// Sends again by hand what Stripe has given up or lost on the way, as a shop does that has missed something.
    /// </summary>
    /// <returns>How many events.</returns>
    public async Task<int> ResendAsync(CancellationToken ct = default)
    {
        var client = _theatre.NewClient(ct);
        var resent = 0;
        string[] next = [];
        while (true)
        {
            var page = await client.GetAsync("/v1/events", ["delivery_success=false", "limit=100", .. next]);
            foreach (var missed in page.Objects("data"))
            {
                await client.PostAsync($"/v1/events/{missed.Text("id")}/retry");
                resent++;
            }

            if (!page.Flag("has_more"))
            {
                return resent;
            }

            next = [$"starting_after={page.Objects("data").Last().Text("id")}"];
        }
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private async Task<IReadOnlyList<Shopper>> WelcomeAsync(int customers, int firstStory, CancellationToken ct)
    {
        List<Shopper> shoppers = [];
        for (var i = 0; i < customers; i++)
        {
            // Each story has its turn, and its time to end, before chance decides: few customers too live different ones.
            var isFirst = i < Stories.Length;
            var story = isFirst ? Stories[(firstStory + i) % Stories.Length] : _theatre.Chance.Pick(Stories);
            var shopper = await _theatre.NewShopperAsync(isFirst || _theatre.Chance.Happens(Weekly), ct);
            shoppers.Add(shopper);
            // The first comes at once: there is somebody to look at from the beginning.
            var comes = TimeSpan.FromMinutes(i is 0 ? 0 : _theatre.Chance.Below(ComeWithinMinutes));
            _stage.Enter(shopper, story, _theatre.Now + comes);
        }

        return shoppers;
    }
}
