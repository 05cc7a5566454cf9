using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Http;

/// <summary>
/// Stripe's API over the world: one request in, one answer out, one at a time. A request passes the weather, the key and the
/// limits first; then the layer that keeps answers; then it is carried out.
/// </summary>
internal sealed class Api(World world, Control control)
{
    public static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task<ApiResponse> AnswerAsync(ApiRequest request, CancellationToken ct)
    {
        world.GuardWhole();

        if (control.Answers(request))
        {
            return await control.AnswerAsync(request, ct);
        }

        Turn turn;
        using (await world.EnterAsync(ct))
        {
            turn = Admit(request);
            if (turn.Trouble is not Trouble.Slow)
            {
                Carry(turn);
            }
        }

        // From here on it is done even when the caller has hung up, as at Stripe.
        if (turn is { Trouble: Trouble.Slow, Answer: null })
        {
            await Task.Delay(world.Forecast.SlowFor, TimeProvider.System, CancellationToken.None);
            using (await world.EnterAsync(CancellationToken.None))
            {
                Carry(turn);
            }
        }

        if (turn.IsHeld)
        {
            await Task.Delay(world.Forecast.HeldFor, TimeProvider.System, CancellationToken.None);
            using (await world.EnterAsync(CancellationToken.None))
            {
                Keep(turn);
            }
        }

        return turn.Answer!;
    }

    public static string Join(string query, string body) => query.Length == 0 ? body : $"{query}&{body}";

    /// <summary>Everything that is settled before a request is carried out; what is settled with that has its answer.</summary>
    private Turn Admit(ApiRequest request)
    {
        var turn = new Turn(request, world.Ids.Next("req"), RequestWeather.Draw(world, request));
        try
        {
            Meet(turn);
            if (turn.Answer is not null)
            {
                return turn;
            }

            if (!request.IsControl)
            {
                world.Keys.Authenticate(request);
                world.RateLimit.Pass(world);
            }

            turn.Version = VersionOf(request);
            turn.Found = world.Catalog.Routes.Find(request.Method, request.Path)
                ?? throw (request.IsControl ? control.NoRoute(request) : NoRoute(request));
            GuardPublishable(request, turn.Found.Handler);
            if (Idempotency.KeyOf(request) is { } key)
            {
                if (world.Idempotency.Begin(key, request, world.Now(null)) is { } kept)
                {
                    turn.Answer = Dress(turn, kept, original: kept.Headers.GetValueOrDefault("Request-Id"));
                }
                else
                {
                    turn.Key = key;
                }
            }
        }
        catch (ApiError error)
        {
            turn.Answer = Dress(turn, error.ToResponse(request.IsV2));
        }

        return turn;
    }

    private void GuardPublishable(ApiRequest request, Func<Call, Answer> handler)
    {
        if (request.IsPublishable && !world.Catalog.Routes.IsOpen(handler))
        {
            throw new ApiError(401, ApiError.InvalidRequest,
                "This call cannot be made with a publishable API key. Use a secret one.", "secret_key_required");
        }
    }

    /// <summary>Troubles that strike before the key is looked at leave no trace.</summary>
    private void Meet(Turn turn)
    {
        if (turn.Trouble is not Trouble.None)
        {
            world.Counts.Add($"api_{turn.Trouble}");
        }

        switch (turn.Trouble)
        {
            case Trouble.ResetBefore:
                turn.Answer = ApiResponse.Lost;
                break;
            case Trouble.RateLimited or Trouble.LockTimeout or Trouble.Outage:
                throw RequestWeather.Error(world, turn.Trouble);
        }
    }

    private void Carry(Turn turn)
    {
        if (turn.Answer is not null)
        {
            return;
        }

        try
        {
            var carried = turn.Trouble is Trouble.FailsBefore
                ? RequestWeather.Error(world, turn.Trouble).ToResponse(turn.Request.IsV2)
                : Carriage.Carry(world, turn);
            if (turn.Trouble is Trouble.FailsAfter && carried.Status is 200)
            {
                carried = RequestWeather.Error(world, turn.Trouble).ToResponse(turn.Request.IsV2);
            }

            turn.Answer = Dress(turn, carried);
            turn.IsHeld = turn.Trouble is Trouble.AnswerLost && world.Forecast.HeldFor > TimeSpan.Zero;
        }
        finally
        {
            if (!turn.IsHeld)
            {
                Keep(turn);
            }
        }
    }

    /// <summary>Keeps the answer under its key, and loses it on its way if that is the weather.</summary>
    private void Keep(Turn turn)
    {
        if (turn.Key is not null)
        {
            var isKept = turn is { IsValidation: false, Answer: not null }
                && (!turn.Request.IsV2 || turn.Answer.Status is 200);
            world.Idempotency.End(turn.Key, isKept ? turn.Answer : null);
        }

        if (turn.Trouble is Trouble.AnswerLost or Trouble.ResetAfter)
        {
            turn.Answer = ApiResponse.Lost;
        }
    }

    private ApiVersion VersionOf(ApiRequest request) => request.Version switch
    {
        null or "" when request.IsV2 => throw new ApiError(400, ApiError.InvalidRequest,
            "A Stripe-Version header is required for requests to /v2.", "missing_required_header"),
        null or "" => world.DefaultVersion,
        var text when ApiVersion.TryParse(text, out var version) => version,
        var text => throw new ApiError(400, ApiError.InvalidRequest, $"Invalid Stripe API version: {text}."),
    };

    private static ApiError NoRoute(ApiRequest request) => new(404, ApiError.InvalidRequest,
        $"Unrecognized request URL ({request.Method}: {request.Path}). If Stripe has it, this simulator does not yet.");

    private ApiResponse Dress(Turn turn, ApiResponse answer, string? original = null)
    {
        var headers = new Dictionary<string, string>(answer.Headers)
        {
            ["Content-Type"] = "application/json",
            ["Date"] = world.Clock.Now.ToString("R", CultureInfo.InvariantCulture),
            ["Request-Id"] = turn.RequestId,
            ["Stripe-Version"] = (turn.Version ?? world.DefaultVersion).Name,
        };
        if (Idempotency.KeyOf(turn.Request) is { } key)
        {
            headers["Idempotency-Key"] = key;
        }

        if (original is not null)
        {
            headers["Idempotent-Replayed"] = "true";
            headers["Original-Request"] = original;
        }

        return answer with { Headers = headers };
    }
}
