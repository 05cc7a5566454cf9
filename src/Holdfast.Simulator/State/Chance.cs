namespace Holdfast.Simulator.State;

/// <summary>
/// Seeded chance whose whole state is one number, so that it can be saved. SplitMix64 (Steele, Lea, Flood 2014,
/// "Fast Splittable Pseudorandom Number Generators").
/// </summary>
internal sealed class Chance(ulong state)
{
    public ulong State { get; set; } = state;

    /// <summary>A stream of its own for a purpose, so that asking one more often does not change what another says.</summary>
    public static Chance For(long seed, string purpose)
    {
        // FNV-1a, as string.GetHashCode differs by process.
        var hash = 14695981039346656037UL;
        foreach (var letter in purpose)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return new Chance(unchecked((ulong)seed) ^ hash);
    }

    public ulong Next()
    {
        State = unchecked(State + 0x9E3779B97F4A7C15UL);
        var mixed = State;
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From zero up to, but not including, the bound.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>From zero to one, one excluded.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with this probability. Always takes one number, so that a changed rate changes nothing else.</summary>
    public bool Happens(double probability) => Fraction() < probability;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
