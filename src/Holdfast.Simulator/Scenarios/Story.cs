namespace Holdfast.Simulator.Scenarios;

/// <summary>
/// What one customer does, and between two deeds the time they let pass: told so, the stories of many customers can be
/// played in one simulated month, each deed at its moment.
/// </summary>
internal delegate IAsyncEnumerable<TimeSpan> Story(Shopper shopper);
