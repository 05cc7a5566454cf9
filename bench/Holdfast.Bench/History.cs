namespace Holdfast.Bench;

/// <summary>
/// (g) The same work on an empty database, on one with years behind it and work before it, and on PostgreSQL once more
/// while somebody holds a snapshot from before, so that nothing dead can be cleared away.
/// </summary>
internal sealed class History(Stand stand, Report report, BenchOptions options)
{
    private const string Target = "≥ 80 %";
    private const int Parts = 3;
    private const int FastestDrain = 10_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    public async Task CarryAsync()
    {
        // Little, but enough to do for as long as it is measured.
        var enough = (int)((WarmUp + (options.Length * Parts)).TotalSeconds * FastestDrain);
        var young = await stand.NewPlaceAsync();
        var youth = Workload.Story(options.Stored);
        await stand.StoreAsync(young, youth, Math.Min(enough, options.Open), isApplied: false);
        var without = await MeasureAsync(young, youth);

        var old = await stand.NewPlaceAsync();
        var story = Workload.Story(options.Stored);
        await stand.StoreAsync(old, story, options.Stored, isApplied: true);
        await stand.StoreAsync(old, story, options.Open, isApplied: false);
        Add($"with {options.Stored:N0} stored and {options.Open:N0} open", await MeasureAsync(old, story), without);
        if (stand.Postgres is not null)
        {
            await using var idle = await stand.Postgres.OpenAsync(old.Name!);
            await PostgresServer.ExecuteAsync(idle, "begin isolation level repeatable read; select 1");
            Add("and an old snapshot held", await MeasureAsync(old, story), without);
        }
    }

    private void Add(string when, Rates with, Rates without)
    {
        report.Add($"accepted alone, {when}", stand.Name, Report.Part(with.Accepted, without.Accepted), Target);
        report.Add($"applied alone, {when}", stand.Name, Report.Part(with.Applied, without.Applied), Target);
        report.Add(
            $"both at once, {when}",
            stand.Name,
            $"accepted {Report.Part(with.Both.Accepted, without.Both.Accepted)}, "
            + $"applied {Report.Part(with.Both.Applied, without.Both.Applied)}",
            Target);
    }

    private async Task<Rates> MeasureAsync(Place place, Workload workload)
    {
        double accepted;
        await using (var keeping = await stand.StartSelfAsync("--keep", place))
        {
            await Load.ClosedAsync(keeping.Ports, WarmUp, workload.Deliver);
            accepted = (await Load.ClosedAsync(keeping.Ports, options.Length, workload.Deliver)).PerSecond;
        }

        await using var nodes = await stand.StartAsync(place);
        await Task.Delay(WarmUp);

        // What slows down as it goes on shows at the end.
        await Task.Delay(options.Length * (Parts - 1));
        var from = await nodes.StandingAsync();
        await Task.Delay(options.Length);
        var applied = (await nodes.StandingAsync()).AppliedPerSecondSince(from);
        from = await nodes.StandingAsync();
        var taken = await Load.ClosedAsync(nodes.Ports, options.Length, workload.Deliver);
        return new(accepted, applied, (taken.PerSecond, (await nodes.StandingAsync()).AppliedPerSecondSince(from)));
    }

    /// <param name="Applied">At the end of a long drain.</param>
    private sealed record Rates(double Accepted, double Applied, (double Accepted, double Applied) Both);
}
