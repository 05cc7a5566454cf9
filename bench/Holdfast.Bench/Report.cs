using System.Globalization;

namespace Holdfast.Bench;

/// <summary>The findings as one Markdown table: a row for each thing measured, a column for each stand.</summary>
internal sealed class Report(IReadOnlyList<string> stands)
{
    private readonly OrderedDictionary<string, Row> _rows = [];

    public void Add(string what, string stand, string found, string target)
    {
        if (!_rows.TryGetValue(what, out var row))
        {
            _rows.Add(what, row = new([], target));
        }

        row.Found[stand] = found;
        Console.Error.WriteLine($"{stand}: {what}: {found}");
    }

    public void Print()
    {
        Console.WriteLine($"| what | {string.Join(" | ", stands)} | target |");
        Console.WriteLine($"| --- | {string.Join(" | ", stands.Select(_ => "---"))} | --- |");
        foreach (var (what, row) in _rows)
        {
            var found = stands.Select(stand => row.Found.GetValueOrDefault(stand, ""));
            Console.WriteLine($"| {what} | {string.Join(" | ", found)} | {row.Target} |");
        }
    }

    public static string PerSecond(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s");

    public static string Time(TimeSpan time) => time >= TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    public static string Each(TimeSpan used, double count) =>
        string.Create(CultureInfo.InvariantCulture, $"{used.TotalMicroseconds / count:N0} µs of a processor each");

    public static string Part(double rate, double of) => $"{rate / of:P0} ({PerSecond(rate)} of {PerSecond(of)})";

    public static string Times(double factor) => string.Create(CultureInfo.InvariantCulture, $"{factor:0.0} ×");

    public static string Spread(Latencies taken) => $"p50 {Time(taken.Of(0.5))}, p99 {Time(taken.Of(0.99))}, max "
        + $"{Time(taken.Max)}{(taken.Failed > 0 ? $", {taken.Failed} FAILED" : "")}";

    private sealed record Row(Dictionary<string, string> Found, string Target);
}
