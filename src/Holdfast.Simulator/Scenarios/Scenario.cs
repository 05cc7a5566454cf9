namespace Holdfast.Simulator.Scenarios;

/// <summary>Something that happens in a shop, played by a client of the API from beginning to end.</summary>
/// <param name="Summary">One sentence, for lists.</param>
internal sealed record Scenario(
    string Name, string Summary, Func<Theatre, ScenarioOptions, CancellationToken, Task<ScenarioReport>> Play)
{
    /// <summary>One story, by as many customers as are asked for, side by side.</summary>
    public static Scenario Of(string name, string summary, Story story) => new(name, summary, async (theatre, options, ct) =>
    {
        await using var stage = theatre.NewStage();
        List<Shopper> shoppers = [];
        for (var i = 0; i < options.Customers; i++)
        {
            var shopper = await theatre.NewShopperAsync(isWeekly: false, ct);
            shoppers.Add(shopper);
            stage.Enter(shopper, story, theatre.Now);
        }

        await stage.PlayAsync(ct);
        return ScenarioReport.Of(shoppers);
    });
}
