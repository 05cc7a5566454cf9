using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Holdfast.Server.Hosting;

/// <summary>The server from its first check to its last deed.</summary>
internal static class ServerHost
{
    private const int MaxHeaderBytes = 32 * 1024;
    private const int MaxHeaders = 100;
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(25);

    public static async Task<int> RunAsync()
    {
        var logs = new ServerLogs();
        await using var app = Build(Configured(logs));
        var settings = app.Services.GetRequiredService<HoldfastSettings>();
        foreach (var url in Addresses.Read(settings.Urls))
        {
            app.Urls.Add(url);
        }

        await StartAsync(app, settings);
        logs.HasStarted = true;
        Announcement.Log(app, settings);
        await app.WaitForShutdownAsync();
        return ExitCode.Fine;
    }

    /// <summary>Holdfast as <c>serve</c> and <c>demo</c> run it; it does not listen yet.</summary>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(Limit);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainWithin);
        AddHoldfast(builder);
        var app = builder.Build();
        app.UseStatusCodePages();
        app.MapHoldfast();
        return app;
    }

    private static WebApplicationBuilder Configured(ServerLogs logs)
    {
        var builder = ServerConfiguration.Builder();
        if (builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            throw new HoldfastConfigurationException(
                ["Kestrel:Endpoints would open addresses that nothing checks. Set HOLDFAST_URLS instead."]);
        }

        logs.Configure(builder.Logging);
        return builder;
    }

    private static void Limit(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        server.Limits.MaxRequestHeaderCount = MaxHeaders;
        server.Limits.RequestHeadersTimeout = HeadersWithin;

        // Stripe delivers over HTTP/1.1; what is not spoken cannot be abused.
        server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }

    private static void AddHoldfast(WebApplicationBuilder builder)
    {
        try
        {
            builder.AddHoldfast();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new VerbException($"A file that the configuration names cannot be read: {exception.Message}");
        }
    }

    private static async Task StartAsync(WebApplication app, HoldfastSettings settings)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception)
        {
            // What has started already stops in good order, so that the next start need not be a careful one.
            await app.StopAsync();
            if (exception is IOException)
            {
                throw new VerbException($"{settings.Urls} cannot be opened: {exception.Message}");
            }

            throw;
        }
    }
}
