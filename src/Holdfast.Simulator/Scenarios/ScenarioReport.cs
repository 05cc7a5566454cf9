namespace Holdfast.Simulator.Scenarios;

/// <summary>What a scenario leaves behind.</summary>
/// <param name="Customers">How many customers' stories were played.</param>
/// <param name="Objects">Of the first of them: the ids of what their story is about, by what they are to it.</param>
public sealed record ScenarioReport(int Customers, IReadOnlyDictionary<string, string> Objects)
{
    internal static ScenarioReport Of(IReadOnlyList<Shopper> shoppers) => new(
        shoppers.Count, shoppers.Count > 0 ? shoppers[0].Notes : new Dictionary<string, string>());
}
