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
            var shoppers = await shop.WelcomeAsync(options.Customers, ct);
            await shop.PassAsync(Month, ct);
            return ScenarioReport.Of(shoppers);
        });

    /// <summary>Lets so many new customers come within the month that begins now.</summary>
    public Task ExpectAsync(int customers, CancellationToken ct = default) => WelcomeAsync(customers, ct);

    /// <summary>Lets time pass, with all that customers do in it. Whoever's story is not at its end goes on next time.</summary>
    public async Task PassAsync(TimeSpan span, CancellationToken ct = default)
    {
        var until = _theatre.Now + span;
        await _stage.PlayAsync(until, ct);
        await _theatre.PassUntilAsync(until, ct);
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private async Task<IReadOnlyList<Shopper>> WelcomeAsync(int customers, CancellationToken ct)
    {
        List<Shopper> shoppers = [];
        for (var i = 0; i < customers; i++)
        {
            var shopper = await _theatre.NewShopperAsync(isWeekly: _theatre.Chance.Happens(0.5), ct);
            shoppers.Add(shopper);

            // Each story has its turn before chance decides, so that few customers too live different ones.
            var story = i < Stories.Length ? Stories[i] : _theatre.Chance.Pick(Stories);
            var comes = TimeSpan.FromMinutes(_theatre.Chance.Below(ComeWithinMinutes));
            _stage.Enter(shopper, story, _theatre.Now + comes);
        }

        return shoppers;
    }
}
