using System.Globalization;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>What the shop sells. Put up once; a shop that has it already goes on with what it has.</summary>
internal sealed class Shelf
{
    private static readonly (string Product, string Key, long Amount, string? Interval)[] Goods =
    [
        ("Starter", "starter_monthly", 900, "month"),
        ("Starter", "starter_weekly", 300, "week"),
        ("Pro", "pro_monthly", 2900, "month"),
        ("Pro", "pro_weekly", 900, "week"),
        ("Team", "team_monthly", 1200, "month"),
        ("Team", "team_weekly", 400, "week"),
        ("Setup", "setup_once", 4900, null),
    ];

    private readonly Dictionary<string, (string Price, string Product)> _prices = [];

    private Shelf()
    {
    }

    public string Price(string key) => _prices[key].Price;

    /// <param name="key">Of one of the product's prices.</param>
    public string ProductOf(string key) => _prices[key].Product;

    public static async Task<Shelf> PutUpAsync(ScenarioClient client)
    {
        var shelf = new Shelf();
        foreach (var (name, key, amount, interval) in Goods)
        {
            var held = (await client.GetAsync("/v1/prices", $"lookup_keys[0]={key}")).Objects("data").FirstOrDefault();
            var price = held ?? await client.PostAsync("/v1/prices",
            [
                $"product={await ProductAsync(client, shelf, name)}",
                $"lookup_key={key}",
                "currency=usd",
                string.Create(CultureInfo.InvariantCulture, $"unit_amount={amount}"),
                .. interval is null ? Array.Empty<string>() : [$"recurring[interval]={interval}"],
            ]);
            shelf._prices[key] = (price.Text("id")!, price.Text("product")!);
        }

        return shelf;
    }

    /// <summary>That of the other price of the same product, or a new one.</summary>
    private static async Task<string> ProductAsync(ScenarioClient client, Shelf shelf, string name)
    {
        var key = Goods.First(good => good.Product == name).Key;
        return shelf._prices.TryGetValue(key, out var first)
            ? first.Product
            : (await client.PostAsync("/v1/products", $"name={name}")).Text("id")!;
    }
}
