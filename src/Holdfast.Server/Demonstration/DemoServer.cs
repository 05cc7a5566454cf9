using System.Security.Cryptography;
using Holdfast.Server.Client;
using Holdfast.Server.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Holdfast.Server.Demonstration;

/// <summary>Holdfast as <c>serve</c> runs it, in this process, with the demo's own settings and none else.</summary>
internal sealed class DemoServer : IAsyncDisposable
{
    private const int UsualPort = 8000;

    private readonly WebApplication _app;

    private DemoServer(WebApplication app, string token, string secret)
    {
        _app = app;
        Token = token;
        Secret = secret;
        Url = new Uri(app.Urls.First());
        Api = new ApiClient(Url, token);
    }

    public Uri Url { get; }

    public Uri Webhook => new(Url, "/webhooks/stripe");

    /// <summary>A bearer token with all rights, of this run only.</summary>
    public string Token { get; }

    /// <summary>What the simulator signs with.</summary>
    public string Secret { get; }

    public ApiClient Api { get; }

    /// <param name="stripe">Whom it asks.</param>
    /// <param name="port">Null takes the usual one, or a free one where that is taken.</param>
    public static async Task<DemoServer> StartAsync(DemoDirectory directory, Uri stripe, int? port, CancellationToken ct)
    {
        if (port is not null)
        {
            return await StartAsync(directory, stripe, port.Value, ct)
                ?? throw new VerbException($"The port {port} of 127.0.0.1 cannot be opened. Name another with --port.");
        }

        return await StartAsync(directory, stripe, UsualPort, ct)
            ?? await StartAsync(directory, stripe, 0, ct)
            ?? throw new VerbException("No port of 127.0.0.1 can be opened.");
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <returns>Null when the port cannot be had.</returns>
    private static async Task<DemoServer?> StartAsync(DemoDirectory directory, Uri stripe, int port, CancellationToken ct)
    {
        var (token, secret) = ($"demo-{RandomText()}", $"whsec_demo_{RandomText()}");
        var app = ServerHost.Build(Builder(directory, stripe, token, secret));
        app.Urls.Add($"http://127.0.0.1:{port}");
        try
        {
            await app.StartAsync(ct);
            return new DemoServer(app, token, secret);
        }
        catch (IOException)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
            return null;
        }
    }

    private static WebApplicationBuilder Builder(DemoDirectory directory, Uri stripe, string token, string secret)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = directory.Path,
            EnvironmentName = Environments.Production,
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = $"sqlite:{directory.Database}",
            ["HOLDFAST_MODE"] = "test",
            ["HOLDFAST_PLANS"] = directory.PlansPath,
            ["HOLDFAST_API_TOKEN"] = token,
            ["STRIPE_WEBHOOK_SECRET"] = secret,
            ["STRIPE_SECRET_KEY"] = "sk_test_of_the_demo",
            ["STRIPE_API_BASE"] = stripe.ToString().TrimEnd('/'),

            // A month passes within seconds here, so what is asked now and then is asked often.
            ["Holdfast:Stripe:CatchUp:Interval"] = "00:00:01",
            ["Holdfast:Stripe:CatchUp:UndeliveredInterval"] = "00:00:01",
            ["Holdfast:Stripe:QuietMoment"] = "00:00:05",
            ["Holdfast:Stripe:RequestsPerSecond"] = "500",
        });

        // What is refused is part of the show, and counted on the screen; only what breaks is worth a line.
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Error)
            .AddSimpleConsole(line => line.SingleLine = true);

        // Ctrl-C ends the demo in its own order: the simulator first, so that it sends to nobody who is gone.
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder;
    }

    private static string RandomText() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Whoever started the host stops it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
