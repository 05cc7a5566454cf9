using System.Diagnostics;
using System.Text;

namespace Holdfast.Bench;

/// <summary>What is measured on one stand; each on a database of its own.</summary>
internal sealed class Measurements(Stand stand, Report report, BenchOptions options)
{
    private const int SteadyRate = 1000;
    private const int FullRate = 5000;
    private const int FullRateOnPostgres = 4000;
    private const int CheckedTeams = 10_000;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    // Counting a long backlog is work for the server too.
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    /// <summary>(a) Verifying and forgetting, storing, and storing while all is applied: in turns, so that all three
    /// share whatever else the machine does.</summary>
    public async Task CompareAsync()
    {
        await using var discarding = await stand.StartSelfAsync("--discard", await stand.NewPlaceAsync());
        await using var keeping = await stand.StartSelfAsync("--keep", await stand.NewPlaceAsync());
        await using var full = await stand.StartAsync(await stand.NewPlaceAsync());
        Nodes[] all = [discarding, keeping, full];
        Meter[] meters = [.. all.Select(Meter)];
        double[][] rates = [.. all.Select(_ => new double[options.Rounds])];
        var ratios = new double[options.Rounds];
        var answered = new long[all.Length];
        var workload = new Workload(CheckedTeams);
        foreach (var nodes in all)
        {
            await Load.ClosedAsync(nodes.Ports, WarmUp, workload.Deliver);
        }

        await full.DrainedAsync(Soon);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (index, nodes) in all.Index())
            {
                meters[index].Start();
                var taken = await Load.ClosedAsync(nodes.Ports, options.Length / 2, workload.Deliver);
                rates[index][round] = taken.PerSecond * (taken.Failed is 0 ? 1 : double.NaN);
                if (nodes == full)
                {
                    await nodes.DrainedAsync(Soon);
                }

                meters[index].Stop();
                answered[index] += taken.Count;
            }

            ratios[round] = rates[1][round] / rates[0][round];
        }

        Add("verified and forgotten", Found(0), "");
        Add("durable acknowledgements", Found(1), "");
        Add(
            "durable by forgotten, median of the rounds",
            $"{ratios.Median():P0}",
            "≥ 50 % SQLite, ≥ 35 % PostgreSQL");
        Add("durable, while all is applied beside it", Found(2), "");

        string Found(int index) =>
            $"{Report.PerSecond(rates[index].Median())}, {meters[index].Each(answered[index])}";
    }

    /// <summary>(b)</summary>
    public async Task DrainAsync()
    {
        var place = await stand.NewPlaceAsync();
        await stand.StoreAsync(place, Workload.Story(options.Backlog), options.Backlog, isApplied: false);
        await using var nodes = await stand.StartAsync(place);
        var first = await nodes.StandingAsync();
        while (first.Applied is 0)
        {
            first = await nodes.StandingAsync();
        }

        var meter = Meter(nodes);
        meter.Start();
        var last = await nodes.DrainedAsync(Seldom);
        meter.Stop();
        var (now, peak) = nodes.Memory();
        Add(
            $"draining {options.Backlog:N0} events",
            $"{Report.PerSecond(last.AppliedPerSecondSince(first))}, {meter.Each(last.Applied - first.Applied)}",
            "≥ 8,000/s");
        Add("resident memory after that", $"{now} MB, at most {peak} MB", "≤ 200 MB");
    }

    /// <summary>(c)</summary>
    public async Task TogetherAsync()
    {
        await using var nodes = await stand.StartAsync(await stand.NewPlaceAsync());
        var rate = stand.Postgres is null ? FullRate : FullRateOnPostgres;
        var workload = Workload.Story(options.Backlog);
        await Load.ClosedAsync(nodes.Ports, WarmUp, workload.Deliver);
        await nodes.DrainedAsync(Soon);
        var from = await nodes.StandingAsync();
        var load = Load.OpenAsync(nodes.Ports, rate, options.Length * 2, workload.Deliver);
        await Task.Delay(options.Length);
        var middle = await nodes.StandingAsync();
        var taken = await load;
        var end = await nodes.StandingAsync();
        Add(
            "accept and apply at a set rate",
            $"at {rate:N0}/s: applied {Report.PerSecond(end.AppliedPerSecondSince(from))}, lag {Report.Time(middle.Lag)} in the "
            + $"middle and {Report.Time(end.Lag)} at the end, acknowledged in {Report.Spread(taken)}",
            "≥ 5,000/s SQLite, ≥ 4,000/s PostgreSQL, lag not growing");
    }

    /// <summary>(d)</summary>
    public async Task AnswerInTimeAsync()
    {
        const string Target = "p99 ≤ 15 ms SQLite, ≤ 20 ms PostgreSQL";
        await using (var idle = await stand.StartAsync(await stand.NewPlaceAsync()))
        {
            var workload = Workload.Story(options.Backlog);
            await Load.OpenAsync(idle.Ports, SteadyRate, WarmUp, workload.Deliver);
            var taken = await Load.OpenAsync(idle.Ports, SteadyRate, options.Length, workload.Deliver);
            Add($"acknowledged at {SteadyRate:N0}/s", Report.Spread(taken), Target);
        }

        var place = await stand.NewPlaceAsync();
        var story = Workload.Story(options.Backlog);
        await stand.StoreAsync(place, story, options.Backlog, isApplied: false);
        await using var busy = await stand.StartAsync(place);
        await Load.OpenAsync(busy.Ports, SteadyRate, WarmUp, story.Deliver);
        var beside = await Load.OpenAsync(busy.Ports, SteadyRate, options.Length, story.Deliver);
        var standing = await busy.StandingAsync();
        Add(
            "the same while a backlog drains",
            $"{Report.Spread(beside)} ({standing.Open:N0} still open at the end)",
            Target);
    }

    /// <summary>(e) Until a reader sees it done, so a little more than it took.</summary>
    public async Task ApplyInTimeAsync()
    {
        const int Tries = 300;
        await using var nodes = await stand.StartAsync(await stand.NewPlaceAsync());
        var workload = Workload.Story(options.Backlog);
        // Delivered to one node and asked of another, where there is another.
        using var wire = await Wire.OpenAsync(nodes.Ports[0]);
        using var reader = await Wire.OpenAsync(nodes.Ports[^1]);
        var viewer = await nodes.NewViewerAsync();
        var (request, scratch) = (new byte[Workload.MaxRequestLength], new byte[Workload.MaxRequestLength]);
        var taken = new Latencies();
        for (var i = 0; i < Tries * 2; i++)
        {
            var number = workload.Next();
            var ask = Encoding.ASCII.GetBytes(Get($"/api/v1/events/{Workload.EventId(number)}", viewer));
            var size = workload.Request(number, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), request, scratch);
            var status = await wire.AskAsync(request.AsMemory(0, size));
            var since = Stopwatch.GetTimestamp();
            do
            {
                await reader.AskAsync(ask);
            }
            while (reader.Answer.Span.IndexOf("\"completed\""u8) < 0);

            // The first half warms up.
            if (i >= Tries)
            {
                taken.Add(Stopwatch.GetTimestamp() - since, status is 200);
            }

            await Task.Delay(10);
        }

        Add("from acknowledged to applied, nothing else to do", Report.Spread(taken), "p50 ≤ 10 ms, p99 ≤ 50 ms");
    }

    /// <summary>(f) As an application asks: with a token of its own, for one team after another.</summary>
    public async Task CheckAccessAsync()
    {
        var place = await stand.NewPlaceAsync();
        await stand.StoreAsync(place, new Workload(CheckedTeams), CheckedTeams * Workload.Kinds, isApplied: false);
        await using var nodes = await stand.StartAsync(place);
        await nodes.DrainedAsync(Soon);
        var viewer = await nodes.NewViewerAsync();
        byte[][] asks =
        [
            .. Enumerable.Range(0, CheckedTeams).Select(team => Encoding.ASCII.GetBytes(
                Get($"/api/v1/access/check?account={Workload.Customer(team)}&feature={Stand.Feature}", viewer))),
        ];
        using (var wire = await Wire.OpenAsync(nodes.Ports[0]))
        {
            await wire.AskAsync(asks[0]);
            if (wire.Answer.Span.IndexOf("\"allowed\":true"u8) < 0)
            {
                throw new InvalidOperationException(
                    $"Access is not granted as it should be: {Encoding.UTF8.GetString(wire.Answer.Span)}");
            }
        }

        await Load.ClosedAsync(nodes.Ports, WarmUp * 2, Ask);
        var meter = Meter(nodes);
        meter.Start();
        var taken = await Load.ClosedAsync(nodes.Ports, options.Length, Ask);
        meter.Stop();
        Add(
            "access checks",
            $"{Report.PerSecond(taken.PerSecond)}, {Report.Spread(taken)}, {meter.Each(taken.Count)}",
            "≥ 15,000/s SQLite, ≥ 8,000/s PostgreSQL, p99 ≤ 10 ms");

        int Ask(Span<byte> request, Span<byte> scratch)
        {
            var ask = asks[Random.Shared.Next(asks.Length)];
            ask.CopyTo(request);
            return ask.Length;
        }
    }

    /// <summary>(h) At work on them too, which takes more memory than standing still.</summary>
    public async Task CarryOpenJobsAsync()
    {
        var place = await stand.NewPlaceAsync();
        await stand.StoreAsync(place, Workload.Story(options.Open), options.Open, isApplied: false);
        await using var nodes = await stand.StartAsync(place);
        await Task.Delay(options.Length);
        var (now, peak) = nodes.Memory();
        Add("start to ready with so many open jobs", $"{Report.Time(nodes.ReadyAfter)} with {options.Open:N0}", "≤ 2 s");
        Add("resident memory with them", $"{now} MB, at most {peak} MB", "≤ 200 MB");
    }

    private void Add(string what, string found, string target) => report.Add(what, stand.Name, found, target);

    private Meter Meter(Nodes nodes) => new(nodes, stand.Postgres);

    private static string Get(string path, string token) =>
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n";
}
