using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Http;

/// <summary>
/// The first answer to a POST is kept under its key and given again, errors and 500s included; forgotten after 24 hours.
/// https://docs.stripe.com/api/idempotent_requests. In /v2 a deletion has a key too, it is kept for 30 days, and what
/// failed is done anew. https://docs.stripe.com/api-v2-overview
/// </summary>
internal sealed class Idempotency
{
    private const long Day = 24 * 60 * 60;
    private const int MaxKeyLength = 255;

    private readonly Dictionary<string, KeptAnswer> _kept = [];
    private readonly PriorityQueue<string, long> _ends = new();

    /// <returns>Null when the request has none that counts.</returns>
    public static string? KeyOf(ApiRequest request) => request.IdempotencyKey is { Length: > 0 } key
        && (request.Method is "POST" || (request.Method is "DELETE" && request.IsV2)) ? key : null;

    /// <summary>Claims the key for this request. Throws when it is in use or was used for another request.</summary>
    /// <returns>The kept answer to give again, null when this request is the first.</returns>
    public ApiResponse? Begin(string key, ApiRequest request, long now)
    {
        if (key.Length > MaxKeyLength)
        {
            throw ApiError.Invalid("", $"An idempotency key may have {MaxKeyLength} characters at most.");
        }

        Forget(now);
        var hash = Hash(request);
        if (!_kept.TryGetValue(key, out var kept))
        {
            Keep(key, new KeptAnswer(hash, now, now + (request.IsV2 ? 30 * Day : Day), null));
            return null;
        }

        if (kept.Hash != hash)
        {
            throw new ApiError(400, "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters and path they were first used with. "
                + $"Use another key than '{key}' for another request.");
        }

        return kept.Answer ?? throw new ApiError(409, ApiError.InvalidRequest,
            $"Another request with this idempotency key is in progress: {key}.", "idempotency_key_in_use");
    }

    /// <summary>Keeps the answer; an answer of null gives the key free again.</summary>
    public void End(string key, ApiResponse? answer)
    {
        if (answer is null)
        {
            _kept.Remove(key);
        }
        else if (_kept.TryGetValue(key, out var begun))
        {
            _kept[key] = begun with { Answer = answer };
        }
    }

    /// <summary>What is kept; a request that is under way has no answer yet and is left out.</summary>
    public JsonArray ToJson() => [.. _kept.Where(kept => kept.Value.Answer is not null)
        .OrderBy(kept => kept.Value.At).ThenBy(kept => kept.Key, StringComparer.Ordinal)
        .Select(kept => kept.Value.ToJson(kept.Key))];

    public void Restore(JsonArray json)
    {
        foreach (var kept in json.OfType<JsonObject>())
        {
            Keep(kept.Text("key")!, KeptAnswer.Read(kept));
        }
    }

    private void Keep(string key, KeptAnswer kept)
    {
        _kept[key] = kept;
        _ends.Enqueue(key, kept.Ends);
    }

    public void Clear()
    {
        _kept.Clear();
        _ends.Clear();
    }

    private void Forget(long now)
    {
        while (_ends.TryPeek(out var key, out var end) && end <= now)
        {
            _ends.Dequeue();
            if (_kept.TryGetValue(key, out var kept) && kept.Ends <= now)
            {
                _kept.Remove(key);
            }
        }
    }

    /// <summary>Over the sorted parameters: their order does not matter.</summary>
    private static string Hash(ApiRequest request)
    {
        var sorted = string.Join('&', Api.Join(request.Query, request.Body).Split('&').Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n{sorted}")));
    }
}

/// <summary>What is known of a key.</summary>
/// <param name="At">Unix seconds when it was first used.</param>
/// <param name="Ends">Unix seconds when it is forgotten.</param>
/// <param name="Answer">Null while the first request is under way.</param>
internal sealed record KeptAnswer(string Hash, long At, long Ends, ApiResponse? Answer)
{
    public JsonObject ToJson(string key) => new()
    {
        ["key"] = key,
        ["hash"] = Hash,
        ["at"] = At,
        ["ends"] = Ends,
        ["status"] = Answer!.Status,
        ["body"] = Answer.Body,
        ["headers"] = new JsonObject(
            Answer.Headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)JsonValue.Create(header.Value)))),
    };

    public static KeptAnswer Read(JsonObject json) => new(
        json.Text("hash")!, json["at"]!.GetValue<long>(), json["ends"]!.GetValue<long>(),
        new ApiResponse((int)json["status"]!.GetValue<long>(), json.Text("body")!)
        {
            Headers = json.Child("headers")!.ToDictionary(header => header.Key, header => header.Value!.GetValue<string>()),
        });
}
