using System.Text.Json.Nodes;

namespace Holdfast.Simulator.State;

/// <summary>How often each thing has happened, by name.</summary>
internal sealed class Counts
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Add(string what) => _counts[what] = this[what] + 1;

    public void Clear() => _counts.Clear();

    public JsonObject ToJson() =>
        new(_counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)JsonValue.Create(count.Value))));

    public void Restore(JsonObject json)
    {
        Clear();
        foreach (var (what, count) in json)
        {
            _counts[what] = count!.GetValue<long>();
        }
    }
}
