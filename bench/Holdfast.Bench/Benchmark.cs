namespace Holdfast.Bench;

/// <summary>The measurements asked for, one after another on this machine, on each stand asked for.</summary>
internal sealed class Benchmark(BenchOptions options)
{
    private const string Sqlite = "SQLite";
    private const string OneNode = "PostgreSQL";
    private const string TwoNodes = "PostgreSQL, two nodes";

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        try
        {
            await new Benchmark(BenchOptions.Read(args)).RunAsync();
            return 0;
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    private async Task RunAsync()
    {
        await Console.Error.WriteLineAsync($"Load before: {await File.ReadAllTextAsync("/proc/loadavg")}");
        await using var postgres = options.NeedsPostgres
            ? await PostgresServer.StartAsync(options.Directory, options.PostgresSettings)
            : null;
        (string Name, int Nodes, PostgresServer? Postgres)[] stands =
        [
            .. options.On.Select(on => on switch
            {
                "sqlite" => (Sqlite, 1, (PostgresServer?)null),
                "postgres" => (OneNode, 1, postgres),
                _ => (TwoNodes, 2, postgres),
            }),
        ];
        var report = new Report([.. stands.Select(stand => stand.Name)]);
        foreach (var (name, nodes, server) in stands)
        {
            foreach (var letter in options.Only)
            {
                await using var stand = new Stand(name, nodes, server, options);
                await MeasureAsync(letter, stand, report, postgres);
            }
        }

        await Console.Error.WriteLineAsync($"Load after: {await File.ReadAllTextAsync("/proc/loadavg")}");
        report.Print();
        if (postgres is not null)
        {
            Console.WriteLine($"\n{postgres.Description}.");
        }
    }

    private Task MeasureAsync(char letter, Stand stand, Report report, PostgresServer? postgres)
    {
        var measurements = new Measurements(stand, report, options);
        return letter switch
        {
            'a' => measurements.CompareAsync(),
            'b' => measurements.DrainAsync(),
            'c' => measurements.TogetherAsync(),
            'd' => measurements.AnswerInTimeAsync(),
            'e' => measurements.ApplyInTimeAsync(),
            'f' => measurements.CheckAccessAsync(),
            'g' => new History(stand, report, options).CarryAsync(),
            'h' => measurements.CarryOpenJobsAsync(),
            _ => new Peers(stand, postgres!, report, options).CompareAsync(),
        };
    }
}
