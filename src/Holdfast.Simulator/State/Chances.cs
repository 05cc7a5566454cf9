namespace Holdfast.Simulator.State;

/// <summary>The streams of chance of one world, one per purpose: what the weather draws never changes an id.</summary>
internal sealed class Chances(long seed)
{
    private readonly SortedDictionary<string, Chance> _streams = new(StringComparer.Ordinal);

    public long Seed { get; private set; } = seed;

    public IReadOnlyDictionary<string, Chance> All => _streams;

    public Chance For(string purpose)
    {
        if (!_streams.TryGetValue(purpose, out var chance))
        {
            _streams[purpose] = chance = Chance.For(Seed, purpose);
        }

        return chance;
    }

    /// <summary>Begins every stream anew. Those already handed out stay the ones in use.</summary>
    public void Reset(long seed)
    {
        Seed = seed;
        foreach (var (purpose, chance) in _streams)
        {
            chance.State = Chance.For(seed, purpose).State;
        }
    }
}
