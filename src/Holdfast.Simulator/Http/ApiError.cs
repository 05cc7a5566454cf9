using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Http;

/// <summary>Stripe's error body. Status, type, code and param are Stripe's; the message is in our words.</summary>
internal sealed class ApiError(int status, string type, string message, string? code = null, string? param = null)
    : SimulatorException(message)
{
    public const string InvalidRequest = "invalid_request_error";

    public const string ParameterUnknown = "parameter_unknown";

    public int Status { get; } = status;

    public string Type { get; } = type;

    public string? Code { get; } = code;

    public string? Param { get; } = param;

    /// <summary>Further fields of the body, such as <c>decline_code</c> and <c>payment_intent</c>.</summary>
    public JsonObject More { get; init; } = [];

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The request failed and yet left its traces, as a declined payment does; otherwise all is undone.</summary>
    public bool KeepsChanges { get; init; }

    /// <summary>It was turned away before anything was done: such an answer is not kept under an idempotency key.</summary>
    public bool IsValidation { get; init; }

    public static ApiError Missing(string param) =>
        Invalid(param, $"Missing required param: {param}.", "parameter_missing");

    public static ApiError Empty(string param) =>
        Invalid(
            param, $"You passed an empty string for '{param}'. Leave it out, or give it a value.", "parameter_invalid_empty");

    public static ApiError Unknown(string param) =>
        Invalid(
            param, $"Received unknown parameter: {param}. (If Stripe knows it, this simulator does not yet.)",
            ParameterUnknown);

    public static ApiError Exclusive(string param, string other) =>
        Invalid(param, $"You may only specify one of these parameters: {param}, {other}.", "parameters_exclusive");

    public static ApiError Invalid(string param, string message, string? code = null)
    {
        return new(400, InvalidRequest, message, code, param.Length == 0 ? null : param) { IsValidation = true };
    }

    /// <summary>The request is well formed, but what it names is in no state for it.</summary>
    public static ApiError State(string message, string? code = null, string? param = null) =>
        new(400, InvalidRequest, message, code, param);

    public static ApiError NotFound(ObjectType type, string id, string param) => NotFound(type.Spoken, id, param);

    public static ApiError NotFound(string what, string id, string param) =>
        new(404, InvalidRequest, $"No such {what}: '{id}'", "resource_missing", param);

    /// <summary>Something Stripe can do and this simulator cannot: it says so and does not pretend.</summary>
    public static ApiError Unsupported(string what, string? param = null) =>
        Invalid(param ?? "", $"This simulator does not support {what}. Stripe does.", "simulator_unsupported");

    public static string DocsOf(string code) => $"https://stripe.com/docs/error-codes/{code.Replace('_', '-')}";

    public ApiResponse ToResponse(bool isV2) => new(Status, (isV2 ? ToV2Body() : ToBody()).ToJsonString(Api.Layout))
    {
        Headers = Headers,
    };

    /// <summary>
    /// The newer routes name no param, and have one code for all that is wrong with one.
    /// https://docs.stripe.com/api-v2-overview
    /// </summary>
    private JsonObject ToV2Body()
    {
        var error = new JsonObject
        {
            ["message"] = Param is null ? Message : $"{Message} ({Param})",
            ["type"] = Type,
        };
        var code = Code switch
        {
            null => IsValidation ? "invalid_fields" : null,
            "resource_missing" => "not_found",
            _ when Code.StartsWith("parameter", StringComparison.Ordinal) => "invalid_fields",
            _ => Code,
        };
        if (code is not null)
        {
            error["code"] = code;
        }

        return new JsonObject { ["error"] = error };
    }

    public JsonObject ToBody()
    {
        var error = new JsonObject();
        foreach (var (name, value) in More)
        {
            error[name] = value?.DeepClone();
        }

        if (Code is not null)
        {
            error["code"] = Code;
            error["doc_url"] = DocsOf(Code);
        }

        error["message"] = Message;
        if (Param is not null)
        {
            error["param"] = Param;
        }

        error["type"] = Type;
        return new JsonObject { ["error"] = error };
    }
}
