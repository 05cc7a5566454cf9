using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Holdfast.EndToEnd;

/// <summary>
/// The real server in a process of its own, on a free port, in test mode unless told otherwise. It is stopped by its
/// own id, and none is left behind.
/// </summary>
internal sealed class HoldfastProcess : IAsyncDisposable
{
    public const string Secret = "whsec_invented_for_end_to_end_tests";
    public const string AdminToken = "invented-admin-token-for-end-to-end-tests";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private HoldfastProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    public HttpClient Http { get; } = new();

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public int Id => _process.Id;

    /// <summary>Everything written so far: the log, a line of JSON an event.</summary>
    public string Output => Copy(_output);

    public string Errors => Copy(_errors);

    /// <summary>What a verb needs to talk to this server as an administrator.</summary>
    public (string Name, string? Value)[] Client =>
        [("HOLDFAST_SERVER", Url.ToString()), ("HOLDFAST_API_TOKEN", AdminToken)];

    /// <summary>Starts the server and waits until it can store. A setting with the value null is not set.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds what it wrote.</exception>
    public static async Task<HoldfastProcess> StartAsync(
        WorkingDirectory directory, params IEnumerable<(string Name, string? Value)> settings)
    {
        var server = new HoldfastProcess(HoldfastBinary.Start(directory.Path, ["serve"], [.. Defaults, .. settings]));
        try
        {
            server.Url = await server._url.Task.WaitAsync(StartDeadline);
            server.Http.BaseAddress = server.Url;
            server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
            await server.UntilAsync(async () => (await server.Http.GetAsync("readyz")).IsSuccessStatusCode);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What <see cref="StartAsync"/> sets; a run that is meant to fail may want the same.</summary>
    public static (string Name, string? Value)[] Defaults =>
    [
        ("HOLDFAST_URLS", "http://127.0.0.1:0"),
        ("HOLDFAST_MODE", "test"),
        ("HOLDFAST_API_TOKEN", AdminToken),
        ("STRIPE_WEBHOOK_SECRET", Secret),
    ];

    /// <summary>Runs a verb against this server as an administrator.</summary>
    public Task<HoldfastRun> RunAsync(WorkingDirectory directory, params IEnumerable<string> arguments) =>
        HoldfastRun.OfAsync(directory.Path, arguments, Client);

    /// <summary>Delivers the event as Stripe does, signed now.</summary>
    public async Task<HttpResponseMessage> DeliverAsync(string body, string secret = Secret)
    {
        var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{seconds}.{body}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "webhooks/stripe")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = null;
        request.Headers.Add("Stripe-Signature", $"t={seconds},v1={Convert.ToHexStringLower(signed)}");
        return await Http.SendAsync(request);
    }

    /// <summary>Delivers an event about the object, in test mode, and waits until its job has ended.</summary>
    /// <returns>The event's id.</returns>
    public async Task<string> TellAsync(string type, string objectJson)
    {
        var id = $"evt_{Guid.NewGuid():N}";
        var created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var answer = await DeliverAsync(
            $$"""
            {"id":"{{id}}","object":"event","api_version":"2025-03-31.basil","created":{{created}},"livemode":false,
            "pending_webhooks":1,"request":null,"type":"{{type}}","data":{"object":{{objectJson}} } }
            """);
        answer.EnsureSuccessStatusCode();
        await UntilAsync(async () =>
        {
            using var json = JsonDocument.Parse(await Http.GetStringAsync($"api/v1/events/{id}"));
            return json.RootElement.GetProperty("job").GetProperty("state").GetString() is "completed" or "dead";
        });
        return id;
    }

    /// <summary>Waits until something holds, looking again and again; fails after a while.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        var deadline = Stopwatch.StartNew();
        while (!await holds())
        {
            if (deadline.Elapsed > StartDeadline)
            {
                throw new TimeoutException(
                    $"It did not come to pass in {StartDeadline}. The server wrote: {Output}{Errors}");
            }

            await Task.Delay(Glance);
        }
    }

    /// <summary>Asks it to stop in good order, by SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var deadline = new CancellationTokenSource(StopDeadline);
        await _process.WaitForExitAsync(deadline.Token);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Ends it on the spot, by SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        _process.Dispose();
        Http.Dispose();
    }

    private async Task ReadAsync(StreamReader from, StringBuilder to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
            {
                to.AppendLine(line);
            }

            if (UrlIn(line) is { } url)
            {
                _url.TrySetResult(url);
            }
        }

        _url.TrySetException(new InvalidOperationException($"The server ended before it listened: {Output}{Errors}"));
    }

    private static Uri? UrlIn(string line)
    {
        if (!line.Contains("\"Listening on ", StringComparison.Ordinal))
        {
            return null;
        }

        using var json = JsonDocument.Parse(line);
        return new Uri(json.RootElement.GetProperty("State").GetProperty("Urls").GetString()!);
    }

    private static string Copy(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
