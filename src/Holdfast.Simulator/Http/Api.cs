using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Http;

/// <summary>
/// Stripe's API over the world: one request in, one answer out, one at a time. What fails leaves no trace, but for what
/// Stripe keeps too, such as a declined payment.
/// </summary>
internal sealed class Api(World world, Control control)
{
    public static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Idempotency _idempotency = new();

    public async Task<ApiResponse> AnswerAsync(ApiRequest request, CancellationToken ct)
    {
        if (control.Answers(request))
        {
            return await control.AnswerAsync(request, ct);
        }

        using (await world.EnterAsync(ct))
        {
            return Answer(request);
        }
    }

    private ApiResponse Answer(ApiRequest request)
    {
        var requestId = world.Ids.Next("req");
        try
        {
            Authenticate(request);
            var version = VersionOf(request);
            var (handler, route) = world.Catalog.Routes.Find(request.Method, request.Path) ?? throw NoRoute(request);
            if (request.IsPublishable && !world.Catalog.Routes.IsOpen(handler))
            {
                throw new ApiError(401, ApiError.InvalidRequest,
                    "This call cannot be made with a publishable API key. Use a secret one.", "secret_key_required");
            }

            var key = request.Method is "POST" && request.IdempotencyKey is { Length: > 0 } given ? given : null;
            if (key is not null && _idempotency.Begin(key, request, world.Now(null)) is { } kept)
            {
                return Dress(kept, request, version, requestId, original: kept.Headers.GetValueOrDefault("Request-Id"));
            }

            var answer = Carry(request, handler, route, version, new OperationCause(requestId, key), out var isValidation);
            answer = Dress(answer, request, version, requestId, original: null);
            if (key is not null)
            {
                _idempotency.End(key, isValidation ? null : answer);
            }

            return answer;
        }
        catch (ApiError error)
        {
            return Dress(ToResponse(error), request, world.DefaultVersion, requestId, original: null);
        }
    }

    /// <summary>Carries a call out, and undoes all of it when it is refused.</summary>
    private ApiResponse Carry(
        ApiRequest request, Func<Call, Answer> handler, IReadOnlyDictionary<string, string> route, ApiVersion version,
        OperationCause cause, out bool isValidation)
    {
        var operation = new Operation(world, cause);
        isValidation = false;
        try
        {
            var asked = new Params(ReadParams(request));
            var expand = Expansion.Of(asked.Texts("expand"));
            var answer = handler(new Call(operation, asked, route, request, version));
            asked.RefuseUnread();
            var body = answer switch
            {
                Answer.One one => Rendering.Render(world, one.Body, version, expand),
                Answer.Many many => Rendering.Render(world, many.Page, version, expand),
                Answer.Plain plain => plain.Body,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            world.Commit(operation);
            return new ApiResponse(200, body.ToJsonString(Layout));
        }
        catch (ApiError error)
        {
            if (error.KeepsChanges)
            {
                world.Commit(operation);
            }
            else
            {
                operation.Undo();
            }

            isValidation = error.IsValidation;
            return ToResponse(error);
        }
        catch
        {
            operation.Undo();
            throw;
        }
    }

    private static JsonObject ReadParams(ApiRequest request)
    {
        if (!request.Path.StartsWith("/v2/", StringComparison.Ordinal) || request.Method is "GET")
        {
            return FormReader.Read(request.Method is "POST" ? Join(request.Query, request.Body) : request.Query);
        }

        try
        {
            return request.Body.Length == 0 ? [] : JsonNode.Parse(request.Body) as JsonObject
                ?? throw ApiError.Invalid("", "The body is no JSON object.");
        }
        catch (JsonException error)
        {
            throw ApiError.Invalid("", $"The body is no JSON: {error.Message}");
        }
    }

    public static string Join(string query, string body) => query.Length == 0 ? body : $"{query}&{body}";

    private static void Authenticate(ApiRequest request)
    {
        if (request.Key is not { Length: > 0 } key)
        {
            throw new ApiError(401, ApiError.InvalidRequest,
                "You did not provide an API key. Send it as 'Authorization: Bearer sk_test_…', or as the user name of Basic authorization.");
        }

        if (!key.StartsWith("sk_test_", StringComparison.Ordinal) && !key.StartsWith("rk_test_", StringComparison.Ordinal)
            && !key.StartsWith("pk_test_", StringComparison.Ordinal))
        {
            throw new ApiError(401, ApiError.InvalidRequest,
                "Invalid API Key provided. The simulator takes any key that begins with sk_test_, rk_test_ or pk_test_.");
        }

        if (request.Account is not null)
        {
            throw ApiError.Unsupported("connected accounts (the Stripe-Account header)");
        }
    }

    private ApiVersion VersionOf(ApiRequest request) =>
        request.Version is not { Length: > 0 } text ? world.DefaultVersion
        : ApiVersion.TryParse(text, out var version) ? version
        : throw new ApiError(400, ApiError.InvalidRequest, $"Invalid Stripe API version: {text}.");

    private static ApiError NoRoute(ApiRequest request) => new(404, ApiError.InvalidRequest,
        $"Unrecognized request URL ({request.Method}: {request.Path}). If Stripe has it, this simulator does not yet.");

    private static ApiResponse ToResponse(ApiError error) => new(error.Status, error.ToBody().ToJsonString(Layout));

    private ApiResponse Dress(
        ApiResponse answer, ApiRequest request, ApiVersion version, string requestId, string? original)
    {
        var headers = new Dictionary<string, string>
        {
            ["Content-Type"] = "application/json",
            ["Date"] = world.Clock.Now.ToString("R", CultureInfo.InvariantCulture),
            ["Request-Id"] = requestId,
            ["Stripe-Version"] = version.Name,
        };
        if (request.IdempotencyKey is { Length: > 0 } key && request.Method is "POST")
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
