using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Simulator.Http;

/// <summary>The API on a loopback port.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private const int MaxBody = 1024 * 1024;

    /// <summary>Of a control route: a saved world is large.</summary>
    private const int MaxControlBody = 512 * 1024 * 1024;

    private readonly WebApplication _app;

    private ApiServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public static async Task<ApiServer> StartAsync(Api api, int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();

        // Signals are for the program that the simulator is a part of; the usual lifetime would take them.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBody;
            options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(context => HandleAsync(api, context));
        await app.StartAsync(ct);
        return new ApiServer(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task HandleAsync(Api api, HttpContext context)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/_simulator", StringComparison.Ordinal)
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { } limit)
        {
            limit.MaxRequestBodySize = MaxControlBody;
        }

        var answer = await AnswerAsync(api, await ReadAsync(request, context.RequestAborted), context.RequestAborted);
        if (answer.IsLost)
        {
            context.Abort();
            return;
        }

        await SendAsync(context, answer);
    }

    private static async Task<ApiRequest> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return new ApiRequest(request.Method, request.Path.Value ?? "/")
        {
            Query = request.QueryString.Value?.TrimStart('?') ?? "",
            Body = await reader.ReadToEndAsync(ct),
            Key = Authorization.KeyOf(Header(request, "Authorization")),
            Version = Header(request, "Stripe-Version"),
            IdempotencyKey = Header(request, "Idempotency-Key"),
            Account = Header(request, "Stripe-Account"),
        };
    }

    /// <summary>A fault of the simulator's own is no weather, and must not look like it.</summary>
    private static async Task<ApiResponse> AnswerAsync(Api api, ApiRequest request, CancellationToken ct)
    {
        try
        {
            return await api.AnswerAsync(request, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new ApiError(
                500, "api_error", $"The simulator itself has failed; this is a bug in it. {error}", "simulator_failed")
                .ToResponse(request.IsV2);
        }
    }

    private static async Task SendAsync(HttpContext context, ApiResponse answer)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        var bytes = Encoding.UTF8.GetBytes(answer.Body);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static string? Header(HttpRequest request, string name) =>
        request.Headers[name] is { Count: > 0 } values ? values[0] : null;

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
