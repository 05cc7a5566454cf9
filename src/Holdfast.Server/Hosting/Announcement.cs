using Holdfast.AspNetCore.Configuration;
using Holdfast.Ingest;
using Holdfast.Stripe;

namespace Holdfast.Server.Hosting;

/// <summary>What a person reads when the server has started: where it is, what it holds, what to do next.</summary>
internal static partial class Announcement
{
    public static void Log(WebApplication app, HoldfastSettings settings)
    {
        var endpoints = app.Services.GetRequiredService<Endpoints>().All;
        var urls = string.Join(", ", app.Urls);
        LogListening(
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Holdfast.Server"),
            urls,
            settings.Mode is StripeMode.Live ? "live" : "test",
            settings.Store.ToString()!,
            endpoints.Count,
            NextStep(app.Urls.First(), settings.Options.PublicUrl, endpoints));
    }

    private static string NextStep(string url, string? publicUrl, IReadOnlyCollection<Ingest.Endpoint> endpoints)
    {
        if (endpoints.Count is 0)
        {
            return "Set STRIPE_WEBHOOK_SECRET and start again: without a signing secret every delivery is refused";
        }

        var path = endpoints.Any(endpoint => endpoint.Name == IngestOptions.DefaultEndpoint)
            ? "/webhooks/stripe"
            : $"/webhooks/stripe/{endpoints.First().Name}";
        return publicUrl is { Length: > 0 }
            ? $"In Stripe, let the webhook endpoint be {publicUrl.TrimEnd('/')}{path}"
            : $"In Stripe, let the webhook endpoint be the public https URL that leads to {url}{path}; "
                + $"or try it out with: stripe listen --forward-to {url}{path}";
    }

    [LoggerMessage(8101, LogLevel.Information, "Listening on {Urls} in {Mode} mode, database {Database}, "
        + "{Endpoints} webhook endpoint(s). {NextStep}")]
    private static partial void LogListening(
        ILogger log, string urls, string mode, string database, int endpoints, string nextStep);
}
