using System.Diagnostics;
using System.Text;

namespace Holdfast.Bench;

/// <summary>The measurements, one after another on this machine, each on a database of its own.</summary>
internal sealed class Benchmark(BenchOptions options)
{
    private const int SteadyRate = 1000;
    private const int FullRate = 5000;
    private const int RevisitsOfAnObject = 4;
    private const int Kinds = 3;
    private const int CheckedTeams = 10_000;
    private const string Feature = "seats";

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    // Counting a long backlog is work for the server too.
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    private readonly Report _report = new();
    private readonly List<string> _made = [];

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        try
        {
            var options = BenchOptions.Read(args);
            await new Benchmark(options).RunAsync();
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
        (char Letter, Func<Task> Measure)[] all =
        [
            ('a', CompareAsync), ('b', DrainAsync), ('c', TogetherAsync), ('d', AnswerInTimeAsync),
            ('e', ApplyInTimeAsync), ('f', CheckAccessAsync), ('g', CarryHistoryAsync), ('h', CarryOpenJobsAsync),
        ];
        foreach (var (_, measure) in all.Where(one => options.Has(one.Letter)))
        {
            try
            {
                await measure();
            }
            finally
            {
                _made.ForEach(directory => Directory.Delete(directory, recursive: true));
                _made.Clear();
            }
        }

        await Console.Error.WriteLineAsync($"Load after: {await File.ReadAllTextAsync("/proc/loadavg")}");
        _report.Print();
    }

    /// <summary>(a) Verifying and forgetting, storing, and storing while all is applied: in turns, so that all three
    /// share whatever else the machine does.</summary>
    private async Task CompareAsync()
    {
        await using var discarding = await StartSelfAsync("--discard");
        await using var keeping = await StartSelfAsync("--keep");
        await using var full = await StartAsync(NewDatabase());
        ServerProcess[] servers = [discarding, keeping, full];
        double[][] rates = [.. servers.Select(_ => new double[options.Rounds])];
        var ratios = new double[options.Rounds];
        var used = new TimeSpan[servers.Length];
        var answered = new long[servers.Length];
        var workload = new Workload(CheckedTeams);
        foreach (var server in servers)
        {
            await Load.ClosedAsync(server.Port, WarmUp, Deliveries(workload));
        }

        await full.DrainedAsync(Soon);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (index, server) in servers.Index())
            {
                var before = server.ProcessorTime();
                var taken = await Load.ClosedAsync(server.Port, options.Length / 2, Deliveries(workload));
                rates[index][round] = taken.PerSecond * (taken.Failed is 0 ? 1 : double.NaN);
                if (server == full)
                {
                    await server.DrainedAsync(Soon);
                }

                used[index] += server.ProcessorTime() - before;
                answered[index] += taken.Count;
            }

            ratios[round] = rates[1][round] / rates[0][round];
        }

        _report.Add("verified and forgotten", Found(0), "");
        _report.Add("durable acknowledgements", Found(1), "");
        _report.Add("durable by forgotten, median of the rounds", $"{Median(ratios):P0}", "≥ 50 %");
        _report.Add("durable, while all is applied beside it", Found(2), "");

        string Found(int index) =>
            $"{Report.PerSecond(Median(rates[index]))}, {Report.Each(used[index], answered[index])}";
    }

    /// <summary>(b)</summary>
    private async Task DrainAsync()
    {
        var database = NewDatabase();
        await Backlog.StoreAsync(database, Story(options.Backlog), options.Backlog, isApplied: false);
        await using var server = await StartAsync(database);
        var first = await server.StandingAsync();
        while (first.Applied is 0)
        {
            first = await server.StandingAsync();
        }

        var before = server.ProcessorTime();
        var last = await server.DrainedAsync(Seldom);
        var each = Report.Each(server.ProcessorTime() - before, last.Applied - first.Applied);
        var (now, peak) = server.Memory();
        _report.Add(
            $"draining {options.Backlog:N0} events",
            $"{Report.PerSecond(last.AppliedPerSecondSince(first))}, {each}",
            "≥ 8,000/s");
        _report.Add("resident memory after that", $"{now} MB, at most {peak} MB", "≤ 200 MB");
    }

    /// <summary>(c)</summary>
    private async Task TogetherAsync()
    {
        await using var server = await StartAsync(NewDatabase());
        var workload = Story(options.Backlog);
        await Load.ClosedAsync(server.Port, WarmUp, Deliveries(workload));
        await server.DrainedAsync(Soon);
        var from = await server.StandingAsync();
        var load = Load.OpenAsync(server.Port, FullRate, options.Length * 2, Deliveries(workload));
        await Task.Delay(options.Length);
        var middle = await server.StandingAsync();
        var taken = await load;
        var end = await server.StandingAsync();
        _report.Add(
            $"accept and apply at {FullRate:N0}/s",
            $"applied {Report.PerSecond(end.AppliedPerSecondSince(from))}, lag {Report.Time(middle.Lag)} in the middle "
            + $"and {Report.Time(end.Lag)} at the end, acknowledged in {Report.Spread(taken)}",
            $"≥ {FullRate:N0}/s, lag not growing");
    }

    /// <summary>(d)</summary>
    private async Task AnswerInTimeAsync()
    {
        await using (var idle = await StartAsync(NewDatabase()))
        {
            var workload = Story(options.Backlog);
            await Load.OpenAsync(idle.Port, SteadyRate, WarmUp, Deliveries(workload));
            var taken = await Load.OpenAsync(idle.Port, SteadyRate, options.Length, Deliveries(workload));
            _report.Add($"acknowledged at {SteadyRate:N0}/s", Report.Spread(taken), "p99 ≤ 15 ms");
        }

        var database = NewDatabase();
        var story = Story(options.Backlog);
        await Backlog.StoreAsync(database, story, options.Backlog, isApplied: false);
        await using var busy = await StartAsync(database);
        await Load.OpenAsync(busy.Port, SteadyRate, WarmUp, Deliveries(story));
        var beside = await Load.OpenAsync(busy.Port, SteadyRate, options.Length, Deliveries(story));
        var standing = await busy.StandingAsync();
        _report.Add(
            $"the same while a backlog drains ({standing.Open:N0} still open at the end)",
            Report.Spread(beside),
            "p99 ≤ 15 ms");
    }

    /// <summary>(e) Until a reader sees it done, so a little more than it took.</summary>
    private async Task ApplyInTimeAsync()
    {
        const int Tries = 300;
        await using var server = await StartAsync(NewDatabase());
        var workload = Story(options.Backlog);
        using var wire = await Wire.OpenAsync(server.Port);
        var viewer = await server.NewViewerAsync();
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
                await wire.AskAsync(ask);
            }
            while (wire.Answer.Span.IndexOf("\"completed\""u8) < 0);

            // The first half warms up.
            if (i >= Tries)
            {
                taken.Add(Stopwatch.GetTimestamp() - since, status is 200);
            }

            await Task.Delay(10);
        }

        _report.Add(
            "from acknowledged to applied, nothing else to do", Report.Spread(taken), "p50 ≤ 10 ms, p99 ≤ 50 ms");
    }

    /// <summary>(f) As an application asks: with a token of its own, for one team after another.</summary>
    private async Task CheckAccessAsync()
    {
        var database = NewDatabase();
        await Backlog.StoreAsync(database, new Workload(CheckedTeams), CheckedTeams * Kinds, isApplied: false);
        await using var server = await StartAsync(database);
        await server.DrainedAsync(Soon);
        var viewer = await server.NewViewerAsync();
        var teams = new Random(1);
        byte[][] asks =
        [
            .. Enumerable.Range(0, CheckedTeams).Select(team => Encoding.ASCII.GetBytes(
                Get($"/api/v1/access/check?account={Workload.Customer(team)}&feature={Feature}", viewer))),
        ];
        using (var wire = await Wire.OpenAsync(server.Port))
        {
            await wire.AskAsync(asks[0]);
            if (wire.Answer.Span.IndexOf("\"allowed\":true"u8) < 0)
            {
                throw new InvalidOperationException(
                    $"Access is not granted as it should be: {Encoding.UTF8.GetString(wire.Answer.Span)}");
            }
        }

        await Load.ClosedAsync(server.Port, WarmUp * 2, Ask);
        var before = server.ProcessorTime();
        var taken = await Load.ClosedAsync(server.Port, options.Length, Ask);
        var each = Report.Each(server.ProcessorTime() - before, taken.Count);
        _report.Add(
            "access checks",
            $"{Report.PerSecond(taken.PerSecond)}, {Report.Spread(taken)}, {each}",
            "≥ 15,000/s, p99 ≤ 10 ms");

        int Ask(Span<byte> request, Span<byte> scratch)
        {
            var ask = asks[Random.Shared.Next(asks.Length)];
            ask.CopyTo(request);
            return ask.Length;
        }
    }

    /// <summary>(g) The same work on an empty database and on one with years behind it and work before it.</summary>
    private async Task CarryHistoryAsync()
    {
        var story = Story(options.Stored);
        var old = NewDatabase();
        await Backlog.StoreAsync(old, story, options.Stored, isApplied: true);
        await Backlog.StoreAsync(old, story, options.Open, isApplied: false);
        await using var young = await StartAsync(NewDatabase());
        await using var grown = await StartAsync(old);
        await Load.ClosedAsync(young.Port, WarmUp, Deliveries(Story(options.Stored)));
        await young.DrainedAsync(Soon);
        var without = await BothAsync(young, new Workload(options.Stored));
        var with = await BothAsync(grown, story);
        _report.Add(
            $"accepted with {options.Stored:N0} stored and {options.Open:N0} open, by that with none",
            Report.Part(with.Accepted, without.Accepted),
            "≥ 80 %");
        _report.Add(
            "applied at the same time, likewise",
            Report.Part(with.Applied, without.Applied),
            "≥ 80 %");
    }

    /// <summary>(h) At work on them too, which takes more memory than standing still.</summary>
    private async Task CarryOpenJobsAsync()
    {
        var database = NewDatabase();
        await Backlog.StoreAsync(database, Story(options.Open), options.Open, isApplied: false);
        await using var server = await StartAsync(database);
        await Task.Delay(options.Length);
        var (now, peak) = server.Memory();
        _report.Add($"start to ready with {options.Open:N0} open jobs", Report.Time(server.ReadyAfter), "≤ 2 s");
        _report.Add("resident memory with them", $"{now} MB, at most {peak} MB", "≤ 200 MB");
    }

    private async Task<(double Accepted, double Applied)> BothAsync(ServerProcess server, Workload workload)
    {
        var from = await server.StandingAsync();
        var taken = await Load.ClosedAsync(server.Port, options.Length, Deliveries(workload));
        return (taken.PerSecond, (await server.StandingAsync()).AppliedPerSecondSince(from));
    }

    /// <summary>Objects enough that each is told of a few times in so many events.</summary>
    private static Workload Story(int events) => new(Math.Max(1, events / Kinds / RevisitsOfAnObject));

    private static NextRequest Deliveries(Workload workload) => (request, scratch) =>
        workload.Request(workload.Next(), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), request, scratch);

    private static string Get(string path, string token) =>
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n";

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private Task<ServerProcess> StartAsync(string database) =>
        ServerProcess.StartAsync(options.Server, ["serve"], database);

    private Task<ServerProcess> StartSelfAsync(string mode) =>
        ServerProcess.StartAsync(Environment.ProcessPath!, ["serve", mode], NewDatabase());

    /// <summary>The path of a database in a directory of its own, which is deleted after the measurement.</summary>
    private string NewDatabase()
    {
        var directory = Path.Combine(options.Directory, Guid.CreateVersion7().ToString("N"));
        _made.Add(Directory.CreateDirectory(directory).FullName);
        File.WriteAllText(
            Path.Combine(directory, "plans.json"),
            $$"""
            {"plans":[{"id":"team","prices":["{{Workload.Price}}"],"features":{"{{Feature}}":{"per_quantity":1} } }]}
            """);
        return Path.Combine(directory, "holdfast.db");
    }
}
