using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Http;

/// <summary>One request on its way through the API.</summary>
internal sealed class Turn(ApiRequest request, string requestId, Trouble trouble)
{
    public ApiRequest Request { get; } = request;

    public string RequestId { get; } = requestId;

    public Trouble Trouble { get; } = trouble;

    /// <summary>Null until it is known to be one.</summary>
    public ApiVersion? Version { get; set; }

    public (Func<Call, Answer> Handler, IReadOnlyDictionary<string, string> Values) Found { get; set; }

    /// <summary>The idempotency key this request was the first to use.</summary>
    public string? Key { get; set; }

    /// <summary>It was turned away before anything was done: such an answer is not kept under a key.</summary>
    public bool IsValidation { get; set; }

    /// <summary>It is done, and the caller is kept waiting all the same; its key is in use meanwhile.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Null until it is settled.</summary>
    public ApiResponse? Answer { get; set; }
}
