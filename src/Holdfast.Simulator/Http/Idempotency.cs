using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Simulator.Http;

/// <summary>
/// The first answer to a POST is kept under its key and given again, errors and 500s included; forgotten after 24 hours.
/// https://docs.stripe.com/api/idempotent_requests
/// </summary>
internal sealed class Idempotency
{
    private const long KeptSeconds = 24 * 60 * 60;
    private const int MaxKeyLength = 255;

    private readonly Dictionary<string, Kept> _kept = [];

    /// <summary>Claims the key for this request. Throws when it is in use or was used for another request.</summary>
    /// <returns>The kept answer to give again, null when this request is the first.</returns>
    public ApiResponse? Begin(string key, ApiRequest request, long now)
    {
        if (key.Length > MaxKeyLength)
        {
            throw ApiError.Invalid("", $"An idempotency key may have {MaxKeyLength} characters at most.");
        }

        var hash = Hash(request);
        if (!_kept.TryGetValue(key, out var kept) || kept.At + KeptSeconds <= now)
        {
            _kept[key] = new Kept(hash, now, null);
            return null;
        }

        if (kept.Answer is null)
        {
            throw new ApiError(409, ApiError.InvalidRequest,
                $"Another request with this idempotency key is in progress: {key}.", "idempotency_key_in_use");
        }

        if (kept.Hash != hash)
        {
            throw new ApiError(400, "idempotency_error",
                $"Keys for idempotent requests can only be used with the same parameters and path they were first used with: {key}.");
        }

        return kept.Answer;
    }

    /// <summary>Keeps the answer; an answer of null gives the key free again.</summary>
    public void End(string key, ApiResponse? answer)
    {
        if (answer is null)
        {
            _kept.Remove(key);
        }
        else
        {
            _kept[key] = _kept[key] with { Answer = answer };
        }
    }

    public void Clear() => _kept.Clear();

    /// <summary>Over the sorted parameters: their order does not matter.</summary>
    private static string Hash(ApiRequest request)
    {
        var sorted = string.Join('&', request.Body.Split('&').Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Path}\n{sorted}")));
    }

    private sealed record Kept(string Hash, long At, ApiResponse? Answer);
}
