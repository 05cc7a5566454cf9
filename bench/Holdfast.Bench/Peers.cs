using System.Diagnostics;

namespace Holdfast.Bench;

/// <summary>(p) What else a team would put behind the webhook, in turns with Holdfast, under the same load.</summary>
internal sealed class Peers(Stand stand, PostgresServer postgres, Report report, BenchOptions options)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    /// <summary>Each peer, and the part of Holdfast that does as much.</summary>
    private static readonly (string Name, string What, int Same)[] All =
    [
        ("verify", "Node, official SDK: verified and forgotten", 0),
        ("pg-boss", "Node, official SDK, into pg-boss", 1),
        ("graphile-worker", "Node, official SDK, into graphile-worker", 1),
        ("stripe-sync-engine", "Node, official SDK, stripe-sync-engine", 2),
    ];

    public async Task CompareAsync()
    {
        var directory = Path.GetFullPath("bench/peers");
        await InstallAsync(directory);
        var places = new Stand("peers", 1, postgres, options);
        await using var _ = places;
        var runners = new List<Nodes>();
        try
        {
            runners.Add(await stand.StartSelfAsync("--discard", await stand.NewPlaceAsync()));
            runners.Add(await stand.StartSelfAsync("--keep", await stand.NewPlaceAsync()));
            runners.Add(await stand.StartAsync(await stand.NewPlaceAsync()));
            foreach (var (name, _, _) in All)
            {
                // Node keeps one processor busy, so there is one process for each, as Holdfast uses all of them.
                runners.Add(await Nodes.StartAsync(
                    Environment.ProcessorCount,
                    Path.Combine(directory, "node_modules/.bin/node"),
                    [Path.Combine(directory, "server.mjs"), name],
                    await places.NewPlaceAsync()));
            }

            await TakeTurnsAsync(runners);
        }
        finally
        {
            await Task.WhenAll(runners.Select(runner => runner.DisposeAsync().AsTask()));
        }
    }

    private async Task TakeTurnsAsync(List<Nodes> runners)
    {
        const int Full = 2;
        var workload = new Workload(10_000);
        Meter[] meters =
            [.. runners.Select((runner, index) => new Meter(runner, index > Full ? postgres : stand.Postgres))];
        double[][] rates = [.. runners.Select(_ => new double[options.Rounds])];
        var answered = new long[runners.Count];
        foreach (var runner in runners)
        {
            await Load.ClosedAsync(runner.Ports, WarmUp, workload.Deliver);
        }

        await runners[Full].DrainedAsync(Soon);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (index, runner) in runners.Index())
            {
                meters[index].Start();
                var since = Stopwatch.GetTimestamp();
                var taken = await Load.ClosedAsync(runner.Ports, options.Length / 2, workload.Deliver);
                if (index is Full)
                {
                    // What it took but has not applied yet counts only with the time it takes to apply it.
                    await runner.DrainedAsync(Soon);
                }

                rates[index][round] = taken.Failed is 0
                    ? taken.Count / Stopwatch.GetElapsedTime(since).TotalSeconds
                    : double.NaN;
                meters[index].Stop();
                answered[index] += taken.Count;
            }
        }

        report.Add("beside the peers: verified and forgotten", stand.Name, Found(0), "");
        report.Add("beside the peers: stored", stand.Name, Found(1), "");
        report.Add("beside the peers: stored and applied", stand.Name, Found(Full), "");
        foreach (var (index, (_, what, same)) in All.Index())
        {
            var at = index + Full + 1;
            double[] ratios = [.. rates[same].Zip(rates[at], (ours, theirs) => ours / theirs)];
            report.Add(what, stand.Name, $"{Found(at)}; Holdfast {Report.Times(ratios.Median())}", "");
        }

        string Found(int index) =>
            $"{Report.PerSecond(rates[index].Median())}, {meters[index].Each(answered[index])}";
    }

    /// <summary>Fetches the peers and a Node they run on, in the versions of their lock file.</summary>
    private static async Task InstallAsync(string directory)
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        })!;
        await npm.WaitForExitAsync();
        if (npm.ExitCode is not 0)
        {
            throw new InvalidOperationException(
                $"The peers were not installed: npm ci in {directory} ended with {npm.ExitCode}.");
        }
    }
}
