using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Weather;

/// <summary>What befalls one request.</summary>
internal enum Trouble
{
    None,
    RateLimited,
    LockTimeout,
    FailsBefore,
    FailsAfter,
    AnswerLost,
    ResetBefore,
    ResetAfter,
    Slow,
    Outage,
}

/// <summary>Draws what befalls each request to the API.</summary>
internal static class RequestWeather
{
    private static readonly string[] Reasons =
        ["global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific"];

    public static Trouble Draw(World world, ApiRequest request)
    {
        if (request.IsControl)
        {
            return Trouble.None;
        }

        var (forecast, chance) = (world.Forecast, world.Chances.For("weather of requests"));
        var drawn = chance.Fraction();
        if (world.Outages.IsOut(world, Outages.Api))
        {
            return Trouble.Outage;
        }

        ReadOnlySpan<(double Rate, Trouble Trouble)> troubles =
        [
            (forecast.RateLimited, Trouble.RateLimited),
            (forecast.LockTimeouts, request.Method is "GET" ? Trouble.None : Trouble.LockTimeout),
            (forecast.FailuresBefore, Trouble.FailsBefore),
            (forecast.FailuresAfter, Trouble.FailsAfter),
            (forecast.LostAnswers, Trouble.AnswerLost),
            (forecast.Resets / 2, Trouble.ResetBefore),
            (forecast.Resets / 2, Trouble.ResetAfter),
            (forecast.Slow, Trouble.Slow),
        ];
        foreach (var (rate, trouble) in troubles)
        {
            if (drawn < rate)
            {
                return trouble;
            }

            drawn -= rate;
        }

        return Trouble.None;
    }

    /// <summary>What a request is told that gets no further.</summary>
    public static ApiError Error(World world, Trouble trouble) => trouble switch
    {
        Trouble.RateLimited => TooFast(world.Chances.For("reasons of limits").Pick(Reasons)),
        Trouble.LockTimeout => new ApiError(429, ApiError.InvalidRequest,
            "This object cannot be accessed right now, as another request or process holds it. Try again.", "lock_timeout")
        {
            Headers = new Dictionary<string, string> { ["Stripe-Should-Retry"] = "true" },
        },
        Trouble.Outage => new ApiError(503, "api_error", "The API is away. Try again later."),
        _ => new ApiError(500, "api_error", "An error occurred inside of the API. Whether anything was done is not known."),
    };

    public static ApiError TooFast(string reason) => new(
        429, ApiError.InvalidRequest, "Too many requests hit the API too quickly. Wait longer from time to time.", "rate_limit")
    {
        Headers = new Dictionary<string, string> { ["Stripe-Rate-Limited-Reason"] = reason },
    };
}
