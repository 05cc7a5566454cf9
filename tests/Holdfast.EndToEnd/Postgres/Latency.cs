namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// A way to a database that is not near and at times slow: every answer that a client waits for is some milliseconds
/// late, and one in twenty by far more.
/// </summary>
internal sealed class Latency(int seed)
{
    private readonly Random _chance = new(seed);

    public ProxyAction Rule(ProxyMessage message) => message.Kind is ProxyMessageKind.ReadyForQuery
        ? new ProxyAction.Hold(Task.Delay(_chance.Next(20) is 0 ? _chance.Next(50, 200) : _chance.Next(2, 10)))
        : new ProxyAction.Forward();
}
