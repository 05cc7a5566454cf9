using Holdfast.Stripe;

namespace Holdfast.AspNetCore.Hosting;

/// <summary>The connections over which Stripe is asked.</summary>
internal static class StripeHttp
{
    public static HttpClient Client(StripeOptions options) =>
        new(new SocketsHttpHandler
        {
            // A key goes to the address it is meant for, and nowhere that an answer says.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = System.Net.DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            BaseAddress = new(options.ApiBase),
            Timeout = options.AttemptTimeout,
            DefaultRequestHeaders = { { "User-Agent", $"Holdfast/{ProductVersion.Text}" } },
        };
}
