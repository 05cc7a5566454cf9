namespace Holdfast.Simulator.Http;

/// <summary>Whose requests are answered. Any key of test mode's look is good until it is revoked.</summary>
internal sealed class Keys
{
    private static readonly string[] Prefixes = ["sk_test_", "rk_test_", "pk_test_"];

    private readonly SortedSet<string> _revoked = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Revoked => _revoked;

    public void Revoke(string key) => _revoked.Add(key);

    public void Restore(string key) => _revoked.Remove(key);

    public void Clear() => _revoked.Clear();

    public void Authenticate(ApiRequest request)
    {
        if (request.Key is not { Length: > 0 } key)
        {
            throw new ApiError(401, ApiError.InvalidRequest,
                "You did not provide an API key. Send it as 'Authorization: Bearer sk_test_…', or as the user name "
                + "of Basic auth.");
        }

        if (_revoked.Contains(key))
        {
            throw new ApiError(401, ApiError.InvalidRequest, "Expired API Key provided. It was revoked.", "api_key_expired");
        }

        if (!Array.Exists(Prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            throw new ApiError(401, ApiError.InvalidRequest,
                $"Invalid API Key provided. The simulator takes any key that begins with {string.Join(" or ", Prefixes)}.");
        }

        if (request.Account is not null)
        {
            throw ApiError.Unsupported("connected accounts (the Stripe-Account header)");
        }
    }
}
