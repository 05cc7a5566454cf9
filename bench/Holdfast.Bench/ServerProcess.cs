using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Holdfast.Bench;

/// <summary>A server under measurement: a process with a database of its own. It ends with the bench.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string AdminToken = "token-of-the-bench-and-of-nobody-else";
    private const int Terminate = 15;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        _http = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", AdminToken);
        AppDomain.CurrentDomain.ProcessExit += Kill;
    }

    public int Port { get; }

    /// <summary>From the start of the process to the first answer that it can store.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Starts a server and waits until it can store.</summary>
    /// <exception cref="InvalidOperationException">It ended by itself, or did not become ready.</exception>
    public static async Task<ServerProcess> StartAsync(string binary, string[] args, Place place)
    {
        var port = FreePort();
        var since = Stopwatch.GetTimestamp();
        var server = new ServerProcess(Launch(binary, args, port, place), port);
        while (!await server.IsReadyAsync())
        {
            if (server._process.HasExited || Stopwatch.GetElapsedTime(since) > StartLimit)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"{binary} did not become ready; see its messages above.");
            }

            await Task.Delay(5);
        }

        server.ReadyAfter = Stopwatch.GetElapsedTime(since);
        return server;
    }

    /// <summary>Runs it for a task that ends by itself, such as <c>migrate</c>.</summary>
    /// <exception cref="InvalidOperationException">It did not succeed.</exception>
    public static async Task RunAsync(string binary, string[] args, Place place)
    {
        using var process = Launch(binary, args, FreePort(), place);
        await process.WaitForExitAsync();
        if (process.ExitCode is not 0)
        {
            throw new InvalidOperationException($"{binary} {args[0]} ended with {process.ExitCode}; see its messages above.");
        }
    }

    public async Task<Standing> StandingAsync()
    {
        using var json = await _http.GetFromJsonAsync<JsonDocument>("/api/v1/stats");
        var stats = json!.RootElement;
        return new(
            Stopwatch.GetTimestamp(),
            stats.GetProperty("received").GetInt64(),
            stats.GetProperty("applied").GetInt64(),
            stats.GetProperty("jobs").GetProperty("event").GetProperty("open").GetInt64(),
            TimeSpan.FromSeconds(stats.GetProperty("lag_seconds").GetDouble()));
    }

    /// <summary>A token such as an application uses; its secret.</summary>
    public async Task<string> NewViewerAsync()
    {
        using var answer = await _http.PostAsync(
            "/api/v1/tokens", new StringContent("""{"name":"bench"}""", mediaType: new("application/json")));
        using var json = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonDocument>();
        return json!.RootElement.EnumerateObject()
            .Where(field => field.Value.ValueKind is JsonValueKind.String)
            .Select(field => field.Value.GetString()!)
            .First(text => text.StartsWith("hf_", StringComparison.Ordinal));
    }

    /// <summary>The processor time it has used so far: what an event costs, also on a busy machine.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Resident memory in megabytes: now, and the most there ever was.</summary>
    public (int Now, int Peak) Memory()
    {
        var status = File.ReadAllLines($"/proc/{_process.Id}/status");
        return (Of("VmRSS:"), Of("VmHWM:"));

        int Of(string name)
        {
            var line = status.First(line => line.StartsWith(name, StringComparison.Ordinal));
            return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2]
                .TrimStart('\t'), CultureInfo.InvariantCulture) / 1024;
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, Terminate);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _http.Dispose();
        _process.Dispose();
    }

    private static Process Launch(string binary, string[] args, int port, Place place)
    {
        var start = new ProcessStartInfo(binary, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = place.Directory,
        };
        foreach (var (name, value) in Environment(port, place))
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Tell(line.Data);
        process.ErrorDataReceived += (_, line) => Tell(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Kill(object? sender, EventArgs args) => _process.Kill();

    private static void Tell(string? line)
    {
        if (line is not null)
        {
            Console.Error.WriteLine($"  | {line}");
        }
    }

    private static Dictionary<string, string?> Environment(int port, Place place) => new()
    {
        ["HOLDFAST_URLS"] = $"http://127.0.0.1:{port}",
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        // A peer is told so.
        ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
        ["DATABASE_URL"] = place.Url,
        ["STRIPE_WEBHOOK_SECRET"] = Workload.Secret,
        ["HOLDFAST_API_TOKEN"] = AdminToken,
        ["HOLDFAST_PLANS"] = place.Plans,
        ["Logging__LogLevel__Default"] = "Warning",
        // What the bench sets for its own sockets is not how a server runs.
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = null,
    };

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}

/// <summary>What a server had received and applied at a moment.</summary>
/// <param name="At">As a stopwatch counts.</param>
internal readonly record struct Standing(long At, long Received, long Applied, long Open, TimeSpan Lag)
{
    public double AppliedPerSecondSince(Standing earlier) =>
        (Applied - earlier.Applied) / Stopwatch.GetElapsedTime(earlier.At, At).TotalSeconds;
}
