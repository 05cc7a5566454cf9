using System.Text.Json.Nodes;

namespace Holdfast.Simulator.State;

/// <summary>What time brings about by itself: at this moment, on this clock, that kind of thing to this object.</summary>
/// <param name="At">Unix seconds.</param>
/// <param name="Clock">A test clock's id, null for the world's own time.</param>
/// <param name="Kind">One of those the catalog has an action for, such as <c>invoice.finalize</c>.</param>
internal sealed record Due(long At, long Sequence, string? Clock, string Kind, string Id);

/// <summary>What time will bring, in the order it is due; at one moment, in the order it was planned.</summary>
internal sealed class Timeline
{
    private readonly SortedSet<Due> _due = new(Comparer<Due>.Create((one, other) =>
        (one.At, one.Sequence).CompareTo((other.At, other.Sequence))));

    private readonly Dictionary<string, List<Due>> _byId = [];
    private long _sequence;

    public IReadOnlyCollection<Due> All => _due;

    public Due Plan(long at, string? clock, string kind, string id)
    {
        var due = new Due(at, ++_sequence, clock, kind, id);
        Restore(due);
        return due;
    }

    public void Restore(Due due)
    {
        _due.Add(due);
        if (!_byId.TryGetValue(due.Id, out var ofOne))
        {
            _byId[due.Id] = ofOne = [];
        }

        ofOne.Add(due);
        _sequence = Math.Max(_sequence, due.Sequence);
    }

    public void Remove(Due due)
    {
        _due.Remove(due);
        if (_byId.TryGetValue(due.Id, out var ofOne) && ofOne.Remove(due) && ofOne.Count == 0)
        {
            _byId.Remove(due.Id);
        }
    }

    /// <summary>The first thing due on a clock until a moment, null when there is none.</summary>
    public Due? Next(string? clock, long until)
    {
        foreach (var due in _due)
        {
            if (due.At > until)
            {
                return null;
            }

            if (due.Clock == clock)
            {
                return due;
            }
        }

        return null;
    }

    /// <summary>Everything planned for an object, such as its renewal.</summary>
    public IReadOnlyList<Due> For(string id, string kind) =>
        _byId.TryGetValue(id, out var ofOne) ? [.. ofOne.Where(due => due.Kind == kind)] : [];

    public void Clear()
    {
        _due.Clear();
        _byId.Clear();
        _sequence = 0;
    }

    public JsonObject ToJson() => new()
    {
        ["sequence"] = _sequence,
        ["data"] = new JsonArray([.. _due.Select(due => new JsonObject
        {
            ["at"] = due.At,
            ["sequence"] = due.Sequence,
            ["clock"] = due.Clock,
            ["kind"] = due.Kind,
            ["id"] = due.Id,
        })]),
    };

    public void Restore(JsonObject json)
    {
        foreach (var due in json.Objects("data"))
        {
            Restore(new Due(
                due["at"]!.GetValue<long>(), due["sequence"]!.GetValue<long>(), due.Text("clock"), due.Text("kind")!,
                due.Text("id")!));
        }

        _sequence = json["sequence"]!.GetValue<long>();
    }
}
