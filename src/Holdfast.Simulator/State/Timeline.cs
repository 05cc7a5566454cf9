namespace Holdfast.Simulator.State;

/// <summary>Something that time brings about by itself: at this moment, on this clock, that kind of thing to this object.</summary>
/// <param name="At">Unix seconds.</param>
/// <param name="Clock">A test clock's id, null for the world's own time.</param>
/// <param name="Kind">One of those the catalog has an action for, such as <c>invoice.finalize</c>.</param>
internal sealed record Due(long At, long Sequence, string? Clock, string Kind, string Id);

/// <summary>What time will bring, in the order it is due; at one moment, in the order it was planned.</summary>
internal sealed class Timeline
{
    private readonly SortedSet<Due> _due = new(Comparer<Due>.Create((one, other) =>
        (one.At, one.Sequence).CompareTo((other.At, other.Sequence))));

    private long _sequence;

    public IReadOnlyCollection<Due> All => _due;

    public Due Plan(long at, string? clock, string kind, string id)
    {
        var due = new Due(at, ++_sequence, clock, kind, id);
        _due.Add(due);
        return due;
    }

    public void Restore(Due due)
    {
        _due.Add(due);
        _sequence = Math.Max(_sequence, due.Sequence);
    }

    public void Remove(Due due) => _due.Remove(due);

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
    public IReadOnlyList<Due> For(string id, string kind) => [.. _due.Where(due => due.Id == id && due.Kind == kind)];

    public void Clear() => _due.Clear();
}
