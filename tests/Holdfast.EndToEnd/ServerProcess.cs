using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.EndToEnd;

/// <summary>
/// A server as an embedding team would run it: a process of its own on a free port, which can be spoken to, asked to
/// stop, and killed.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    public const string Secret = "whsec_of_the_end_to_end_tests";
    public const string AdminToken = "hf_admin_of_the_end_to_end_tests";

    private const string Present = "Holdfast.EndToEnd.Host";
    private const string Next = "Holdfast.EndToEnd.Next";
    private const int MaxShown = 20_000;

    private readonly Process _process = new();
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly Keeper _keeper;

    private ServerProcess(ProcessStartInfo start)
    {
        _process.StartInfo = start;
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _keeper = Keeper.OfProcess(_process.Id);
    }

    /// <summary>Everything it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

    public Uri Url => _listening.Task.Result;

    public bool HasExited => _process.HasExited;

    public static Task<ServerProcess> StartAsync(string databaseUrl, params (string Name, string Value)[] settings) =>
        ListeningAsync(Launch(databaseUrl, settings));

    /// <summary>Starts a later version of it: <c>tests/Holdfast.EndToEnd.Next</c>.</summary>
    public static Task<ServerProcess> StartNextAsync(string databaseUrl, params (string Name, string Value)[] settings) =>
        ListeningAsync(LaunchNext(databaseUrl, settings));

    /// <summary>Starts it so that a limit on the size of files does not end it: writing too much is an error.</summary>
    public static Task<ServerProcess> StartWithFileLimitsAsErrorsAsync(string databaseUrl) =>
        ListeningAsync(Launch(Present, databaseUrl, ["/usr/bin/env", "--ignore-signal=XFSZ"], []));

    /// <summary>Starts it and does not wait: it may not live long enough to listen.</summary>
    public static ServerProcess Launch(string databaseUrl, params (string Name, string Value)[] settings) =>
        Launch(Present, databaseUrl, wrapper: [], settings);

    public static ServerProcess LaunchNext(string databaseUrl, params (string Name, string Value)[] settings) =>
        Launch(Next, databaseUrl, wrapper: [], settings);

    /// <returns>True when it takes requests; false when it ended before it did.</returns>
    public async Task<bool> IsListeningAsync()
    {
        await Task.WhenAny(_listening.Task, ExitAsync());
        return _listening.Task.IsCompletedSuccessfully && !HasExited;
    }

    /// <summary>Ends it as a power failure would, as far as a process can be ended so.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop, as systemd and containers do.</summary>
    public void Terminate() => Signals.Send(Id, Signal.Terminate);

    /// <summary>Stops it in the middle of what it does, as a machine does that is out of breath.</summary>
    public void Freeze() => Signals.Send(Id, Signal.Stop);

    /// <summary>Lets it go on after <see cref="Freeze"/>.</summary>
    public void Thaw() => Signals.Send(Id, Signal.Continue);

    /// <returns>Its exit code; 128 and the signal's number when a signal ended it.</returns>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        await _process.WaitForExitAsync().WaitAsync(within ?? Wait.Deadline);
        return _process.ExitCode;
    }

    public async Task<int> StopAsync()
    {
        Terminate();
        return await ExitAsync();
    }

    /// <summary>Delivers the event as Stripe would, rightly signed.</summary>
    public Task<Answer> DeliverAsync(byte[] body) => DeliverAsync(body, StripeEvent.Sign(body, Secret));

    public Task<Answer> DeliverAsync(byte[] body, string signature, string path = "/webhooks/stripe")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, path))
        {
            Content = new ByteArrayContent(body),
        };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        return SendAsync(request);
    }

    /// <summary>Asks the API.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var answer = await CallAsync(HttpMethod.Get, path);
        Assert.True(answer.Status is HttpStatusCode.OK, $"GET {path}: {answer}");
        return answer.Json;
    }

    public Task<Answer> CallAsync(HttpMethod method, string path, string? json = null, string? token = AdminToken)
    {
        var request = new HttpRequestMessage(method, new Uri(Url, path));
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request);
            return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.ToDictionary(
                header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <summary>Waits until no event's job is open: each is completed or dead.</summary>
    public Task SettledAsync() =>
        Wait.UntilAsync("every event's job has ended", async () => await EventJobsAsync("open") is 0);

    /// <summary>How many events' jobs are <c>open</c>, <c>due</c>, <c>dead</c> or <c>unknown</c>.</summary>
    public async Task<long> EventJobsAsync(string which) =>
        (await GetAsync("/api/v1/stats")).GetProperty("jobs").GetProperty("event").GetProperty(which).GetInt64();

    public async Task<string> JobStateAsync(string eventId) =>
        (await GetAsync($"/api/v1/events/{eventId}")).GetProperty("job").GetProperty("state").GetString()!;

    public Task JobStateIsAsync(string eventId, string state) => Wait.UntilAsync(
        $"the job of {eventId} is {state}", async () => await JobStateAsync(eventId) == state);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _keeper.DisposeAsync();
        _process.Dispose();
        _http.Dispose();

        // Shown where the test fails.
        TestContext.Current.TestOutputHelper?.WriteLine(Output.Length > MaxShown ? Output[^MaxShown..] : Output);
    }

    private static async Task<ServerProcess> ListeningAsync(ServerProcess server)
    {
        if (await server.IsListeningAsync())
        {
            return server;
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"The server did not start: {server.Output}");
    }

    private static ServerProcess Launch(
        string program, string databaseUrl, string[] wrapper, (string Name, string Value)[] settings)
    {
        // Built beside this program, in the same configuration.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var host = Path.Combine(own.Parent!.Parent!.FullName, program, own.Name, program);
        string[] command = [.. wrapper, host];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Path.GetDirectoryName(host),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (string Name, string Value)[] ordinary =
        [
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
            ("DATABASE_URL", databaseUrl),
            ("HOLDFAST_MODE", "test"),
            ("HOLDFAST_API_TOKEN", AdminToken),
            ("STRIPE_WEBHOOK_SECRET", Secret),
            ("Logging__LogLevel__Microsoft.AspNetCore", "Warning"),
            ("DOTNET_TieredPGO", "0"),
        ];
        foreach (var (name, value) in ordinary.Concat(settings))
        {
            start.Environment[name] = value;
        }

        return new(start);
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (Listening.Match(line) is { Success: true } listening)
        {
            _listening.TrySetResult(new Uri(listening.Groups["url"].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex Listening { get; }
}

/// <summary>What the server answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public override string ToString() => $"{(int)Status} {Body}";
}
