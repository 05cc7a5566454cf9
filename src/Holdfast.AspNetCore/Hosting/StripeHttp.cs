using Holdfast.Stripe;

namespace Holdfast.AspNetCore.Hosting;

/// <summary>The connections over which Stripe is asked.</summary>
internal static class StripeHttp
{
    public static HttpClient Client(StripeOptions options, StripeCallPolicy policy)
    {
        policy.InnerHandler = new SocketsHttpHandler
        {
            // A key goes to the address it is meant for, and nowhere that an answer says.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = System.Net.DecompressionMethods.All,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        return new(policy)
        {
            BaseAddress = new(options.ApiBase),
            MaxResponseContentBufferSize = StripeCallPolicy.MaxAnswerBytes,

            // The policy has time-outs of its own, by the clock of the engine.
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { { "User-Agent", $"Holdfast/{ProductVersion.Text}" } },
        };
    }
}
