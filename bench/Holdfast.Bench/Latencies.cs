using System.Diagnostics;

namespace Holdfast.Bench;

/// <summary>How long answers took, and over which time they came.</summary>
internal sealed class Latencies
{
    private readonly List<long> _ticks = [];

    /// <summary>How many answers were not the expected one.</summary>
    public int Failed { get; private set; }

    public TimeSpan Length { get; set; }

    public int Count => _ticks.Count;

    public double PerSecond => Count / Length.TotalSeconds;

    public TimeSpan Max => Of(1);

    public void Add(long ticks, bool isExpected)
    {
        _ticks.Add(ticks);
        Failed += isExpected ? 0 : 1;
    }

    /// <param name="part">0.99 for the time within which 99 of 100 answers came.</param>
    public TimeSpan Of(double part)
    {
        _ticks.Sort();
        return _ticks.Count is 0
            ? TimeSpan.Zero
            : Stopwatch.GetElapsedTime(0, _ticks[Math.Max(0, (int)Math.Ceiling(_ticks.Count * part) - 1)]);
    }

    public static Latencies Together(IEnumerable<Latencies> parts, TimeSpan length)
    {
        var all = new Latencies { Length = length };
        foreach (var part in parts)
        {
            all._ticks.AddRange(part._ticks);
            all.Failed += part.Failed;
        }

        return all;
    }
}
