using System.Globalization;

namespace Holdfast.Bench;

/// <summary>The findings, as a Markdown table.</summary>
internal sealed class Report
{
    private readonly List<(string What, string Found, string Target)> _rows = [];

    public void Add(string what, string found, string target)
    {
        _rows.Add((what, found, target));
        Console.Error.WriteLine($"{what}: {found}");
    }

    public void Print()
    {
        Console.WriteLine("| what | found | target |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var (what, found, target) in _rows)
        {
            Console.WriteLine($"| {what} | {found} | {target} |");
        }
    }

    public static string PerSecond(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s");

    public static string Time(TimeSpan time) => time >= TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    public static string Each(TimeSpan used, double count) =>
        string.Create(CultureInfo.InvariantCulture, $"{used.TotalMicroseconds / count:N0} µs of a processor each");

    public static string Part(double rate, double of) => $"{rate / of:P0} ({PerSecond(rate)} of {PerSecond(of)})";

    public static string Spread(Latencies taken) => $"p50 {Time(taken.Of(0.5))}, p99 {Time(taken.Of(0.99))}, max "
        + $"{Time(taken.Max)}{(taken.Failed > 0 ? $", {taken.Failed} FAILED" : "")}";
}
