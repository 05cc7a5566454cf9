using System.Globalization;

namespace Holdfast.Bench;

/// <summary>What to measure, and for how long.</summary>
internal sealed record BenchOptions
{
    public const string Help =
        """
          --only LETTERS      which measurements, such as abdf; all but g otherwise
                              (a durable by forgotten, b drain, c both at once, d answers in time,
                              e applied in time, f access checks, g history, h start and memory)
          --backlog N         events to drain (200000); 1000000 is what the targets speak of
          --stored N          with g: events stored before (1000000)
          --open N            with g and h: events waiting before (200000)
          --seconds N         how long each steady measurement lasts (10)
          --rounds N          how often the compared hosts take turns (5)
          --directory PATH    where databases are made and deleted: on a real disk (artifacts/bench)
          --server PATH       the server's binary (artifacts/bin/Holdfast.Server/release/holdfast)
        """;

    public string Only { get; private init; } = "abcdefh";

    public int Backlog { get; private init; } = 200_000;

    public int Stored { get; private init; } = 1_000_000;

    public int Open { get; private init; } = 200_000;

    public TimeSpan Length { get; private init; } = TimeSpan.FromSeconds(10);

    public int Rounds { get; private init; } = 5;

    public string Directory { get; private init; } = Path.GetFullPath("artifacts/bench");

    public string Server { get; private init; } = Path.GetFullPath("artifacts/bin/Holdfast.Server/release/holdfast");

    public bool Has(char measurement) => Only.Contains(measurement, StringComparison.Ordinal);

    /// <exception cref="ArgumentException">An option is unknown or has no value.</exception>
    public static BenchOptions Read(IReadOnlyList<string> args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count
                ? args[i + 1]
                : throw new ArgumentException($"{args[i]} needs a value.\n{Help}");
            options = args[i] switch
            {
                "--only" => options with { Only = value },
                "--backlog" => options with { Backlog = Number(value) },
                "--stored" => options with { Stored = Number(value) },
                "--open" => options with { Open = Number(value) },
                "--seconds" => options with { Length = TimeSpan.FromSeconds(Number(value)) },
                "--rounds" => options with { Rounds = Number(value) },
                "--directory" => options with { Directory = Path.GetFullPath(value) },
                "--server" => options with { Server = Path.GetFullPath(value) },
                _ => throw new ArgumentException($"{args[i]} is no option.\n{Help}"),
            };
        }

        return options;
    }

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"\"{value}\" is not a number above zero.");
}
