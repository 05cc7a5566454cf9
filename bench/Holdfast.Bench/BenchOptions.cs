using System.Globalization;

namespace Holdfast.Bench;

/// <summary>What to measure, on what, and for how long.</summary>
internal sealed record BenchOptions
{
    public const string Help =
        """
          --on LIST           where it is measured, with commas between: sqlite, postgres, nodes (two nodes on one
                              PostgreSQL); all three otherwise
          --only LETTERS      which measurements, such as abdf; all but g and p otherwise
                              (a durable by forgotten, b drain, c both at once, d answers in time,
                              e applied in time, f access checks, g history, h start and memory,
                              p peers on Node, which npm fetches first)
          --backlog N         events to drain (200000); 1000000 is what the targets speak of
          --stored N          with g: events stored before (1000000)
          --open N            with g and h: events waiting before (200000)
          --seconds N         how long each steady measurement lasts (10)
          --rounds N          how often the compared hosts take turns (5)
          --directory PATH    where databases are made and deleted: on a real disk (artifacts/bench)
          --server PATH       the server's binary (artifacts/bin/Holdfast.Server/release/holdfast)
          --set NAME=VALUE    a setting of the PostgreSQL server, which the run makes, starts and deletes; may be
                              repeated. shared_preload_libraries=pg_stat_statements tells where its time went
        """;

    private static readonly string[] Stands = ["sqlite", "postgres", "nodes"];

    public IReadOnlyList<string> On { get; private init; } = Stands;

    public string Only { get; private init; } = "abcdefh";

    public int Backlog { get; private init; } = 200_000;

    public int Stored { get; private init; } = 1_000_000;

    public int Open { get; private init; } = 200_000;

    public TimeSpan Length { get; private init; } = TimeSpan.FromSeconds(10);

    public int Rounds { get; private init; } = 5;

    public string Directory { get; private init; } = Path.GetFullPath("artifacts/bench");

    public string Server { get; private init; } = Path.GetFullPath("artifacts/bin/Holdfast.Server/release/holdfast");

    public IReadOnlyList<string> PostgresSettings { get; private init; } = [];

    /// <summary>The peers keep what they take in PostgreSQL, wherever Holdfast does.</summary>
    public bool NeedsPostgres => On.Any(on => on is not "sqlite") || Only.Contains('p', StringComparison.Ordinal);

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
                "--on" => options with { On = Listed(value) },
                "--only" => options with { Only = Letters(value) },
                "--backlog" => options with { Backlog = Number(value) },
                "--stored" => options with { Stored = Number(value) },
                "--open" => options with { Open = Number(value) },
                "--seconds" => options with { Length = TimeSpan.FromSeconds(Number(value)) },
                "--rounds" => options with { Rounds = Number(value) },
                "--directory" => options with { Directory = Path.GetFullPath(value) },
                "--server" => options with { Server = Path.GetFullPath(value) },
                "--set" => options with { PostgresSettings = [.. options.PostgresSettings, value] },
                _ => throw new ArgumentException($"{args[i]} is no option.\n{Help}"),
            };
        }

        return options;
    }

    private static string[] Listed(string value) =>
        value.Split(',') is var listed && listed.All(Stands.Contains)
            ? listed
            : throw new ArgumentException($"\"{value}\" is not a list of {string.Join(", ", Stands)}.");

    private static string Letters(string value) =>
        value.All("abcdefghp".Contains)
            ? value
            : throw new ArgumentException($"\"{value}\" names a measurement there is not.\n{Help}");

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"\"{value}\" is not a number above zero.");
}
