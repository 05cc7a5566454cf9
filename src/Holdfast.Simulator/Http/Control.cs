using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Http;

/// <summary>
/// What Stripe does not have: routes under <c>/_simulator/</c> that move time, change the weather, save and load. They need
/// no key, take a form or JSON, and no weather troubles them.
/// </summary>
internal sealed class Control
{
    public const string Root = "/_simulator/";

    private readonly Dictionary<(string Method, string Path), Func<ControlCall, Task<JsonNode>>> _routes = [];

    public void Get(string path, Func<ControlCall, Task<JsonNode>> handler) => _routes.Add(("GET", Root + path), handler);

    public void Put(string path, Func<ControlCall, Task<JsonNode>> handler) => _routes.Add(("PUT", Root + path), handler);

    public void Post(string path, Func<ControlCall, Task<JsonNode>> handler) => _routes.Add(("POST", Root + path), handler);

    /// <summary>A route that looks at the world or changes it, while nobody else does.</summary>
    public static Func<ControlCall, Task<JsonNode>> Within(World world, Func<Params, JsonNode> handler) => async call =>
    {
        using (await world.EnterAsync(call.Cancelled))
        {
            return handler(call.Params);
        }
    };

    public bool Answers(ApiRequest request) => _routes.ContainsKey((request.Method, request.Path));

    public async Task<ApiResponse> AnswerAsync(ApiRequest request, CancellationToken ct)
    {
        try
        {
            var given = Read(request);
            var body = await _routes[(request.Method, request.Path)](new ControlCall(new Params(given), given, ct));
            return new ApiResponse(200, body.ToJsonString(Api.Layout));
        }
        catch (ApiError error)
        {
            return new ApiResponse(error.Status, error.ToBody().ToJsonString(Api.Layout));
        }
    }

    private static JsonObject Read(ApiRequest request)
    {
        if (!request.Body.AsSpan().TrimStart().StartsWith("{"))
        {
            return FormReader.Read(Api.Join(request.Query, request.Body));
        }

        try
        {
            return (JsonObject)JsonNode.Parse(request.Body)!;
        }
        catch (JsonException error)
        {
            throw ApiError.Invalid("", $"The body is no JSON: {error.Message}");
        }
    }
}

/// <summary>A call of a control route. What it was given must be read before anything is done: the rest is refused.</summary>
internal sealed record ControlCall(Params Params, JsonObject Body, CancellationToken Cancelled);
