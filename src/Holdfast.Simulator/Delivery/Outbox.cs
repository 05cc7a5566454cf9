using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Delivery;

/// <summary>What is still to be sent, in the order it is due, and what is under way.</summary>
internal sealed class Outbox
{
    private readonly SortedSet<Sending> _due = new(Comparer<Sending>.Create((one, other) =>
        (one.Due, one.Sequence).CompareTo((other.Due, other.Sequence))));

    private readonly HashSet<Sending> _underWay = [];

    public long Sequence { get; private set; }

    /// <summary>All of it, with what is under way: it has not arrived yet.</summary>
    public IEnumerable<Sending> All =>
        _due.Concat(_underWay).OrderBy(sending => sending.Due).ThenBy(sending => sending.Sequence);

    public int Count => _due.Count + _underWay.Count;

    public Sending Plan(Sending sending)
    {
        var planned = sending with { Sequence = ++Sequence };
        _due.Add(planned);
        return planned;
    }

    /// <returns>What is due first, null when that is after the moment.</returns>
    public Sending? Next(long until) => _due.Min is { } first && first.Due <= until ? first : null;

    public void Take(Sending sending)
    {
        _due.Remove(sending);
        _underWay.Add(sending);
    }

    /// <summary>It was taken and not sent: it is due as before.</summary>
    public void Return(Sending sending)
    {
        if (_underWay.Remove(sending))
        {
            _due.Add(sending);
        }
    }

    public void Done(Sending sending) => _underWay.Remove(sending);

    public JsonObject ToJson() => new()
    {
        ["sequence"] = Sequence,
        ["data"] = new JsonArray(
            [.. All.Select(sending => JsonSerializer.SerializeToNode(sending, SimulatorJson.Default.Sending))]),
    };

    public void Restore(JsonObject json)
    {
        Clear();
        _due.UnionWith(json.Objects("data").Select(sending => sending.Deserialize(SimulatorJson.Default.Sending)!));
        Sequence = json["sequence"]!.GetValue<long>();
    }

    public void Clear()
    {
        _due.Clear();
        _underWay.Clear();
        Sequence = 0;
    }
}
