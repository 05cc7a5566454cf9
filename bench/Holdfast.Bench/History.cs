namespace Holdfast.Bench;

/// <summary>(g) The same work on an empty database and on one with years behind it and work before it.</summary>
internal sealed class History(Stand stand, Report report, BenchOptions options)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    public async Task CarryAsync()
    {
        var story = Workload.Story(options.Stored);
        var old = await stand.NewPlaceAsync();
        await Backlog.StoreAsync(old, story, options.Stored, isApplied: true);
        await Backlog.StoreAsync(old, story, options.Open, isApplied: false);
        await using var young = await stand.StartAsync(await stand.NewPlaceAsync());
        await using var grown = await stand.StartAsync(old);
        await Load.ClosedAsync(young.Ports, WarmUp, Workload.Story(options.Stored).Deliver);
        await young.DrainedAsync(Soon);
        var without = await BothAsync(young, new Workload(options.Stored));
        var with = await BothAsync(grown, story);
        report.Add(
            $"accepted with {options.Stored:N0} stored and {options.Open:N0} open, by that with none",
            stand.Name,
            Report.Part(with.Accepted, without.Accepted),
            "≥ 80 %");
        report.Add(
            "applied at the same time, likewise",
            stand.Name,
            Report.Part(with.Applied, without.Applied),
            "≥ 80 %");
    }

    private async Task<(double Accepted, double Applied)> BothAsync(Nodes nodes, Workload workload)
    {
        var from = await nodes.StandingAsync();
        var taken = await Load.ClosedAsync(nodes.Ports, options.Length, workload.Deliver);
        return (taken.PerSecond, (await nodes.StandingAsync()).AppliedPerSecondSince(from));
    }
}
