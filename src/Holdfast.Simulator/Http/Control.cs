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
            return Written(200, await CarryAsync(request, ct));
        }
        catch (ApiError error)
        {
            return Written(error.Status, error.ToBody());
        }
    }

    /// <summary>Names those that stand beside the one that does not exist.</summary>
    public ApiError NoRoute(ApiRequest request)
    {
        var folder = FolderOf(request.Path);
        string[] beside = [.. _routes.Keys
            .Where(route => FolderOf(route.Path) == folder)
            .Select(route => $"{route.Method} {route.Path[folder.Length..]}")];
        return new(404, ApiError.InvalidRequest, beside.Length is 0
            ? $"The simulator has no route {request.Method} {request.Path}; docs/simulator.md lists those it has."
            : $"The simulator has no route {request.Method} {request.Path}. Under {folder} it has {string.Join(", ", beside)}.");
    }

    private async Task<JsonNode> CarryAsync(ApiRequest request, CancellationToken ct)
    {
        var given = Read(request);
        var asked = new Params(given);
        try
        {
            return await _routes[(request.Method, request.Path)](new ControlCall(asked, given, ct));
        }
        catch (ApiError error) when (error is { Code: ApiError.ParameterUnknown, Param: { } param })
        {
            // None of Stripe's, so that there is no other to know it.
            throw ApiError.Invalid(param, $"There is no parameter {param} here. {Known(asked)}", error.Code);
        }
    }

    private static string Known(Params asked) => asked.Names is { Count: > 0 } names
        ? $"What there is: {string.Join(", ", names)}." : "This route takes none.";

    private static ApiResponse Written(int status, JsonNode body) => new(status, body.ToJsonString(Api.Layout))
    {
        Headers = new Dictionary<string, string> { ["Content-Type"] = "application/json" },
    };

    private static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

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
