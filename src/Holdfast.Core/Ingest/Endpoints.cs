using Holdfast.Stripe;

namespace Holdfast.Ingest;

/// <summary>The endpoints by name. They can be replaced as a whole while deliveries arrive, to rotate a secret.</summary>
internal sealed class Endpoints
{
    private volatile IReadOnlyDictionary<string, Endpoint> _byName;

    public Endpoints(IngestOptions options, StripeMode mode) => _byName = Read(options, mode);

    public IReadOnlyCollection<Endpoint> All => [.. _byName.Values];

    public Endpoint? Find(string name) => _byName.GetValueOrDefault(name);

    /// <exception cref="ArgumentException">A secret or a mode is not one; the old endpoints stay.</exception>
    public void Replace(IngestOptions options, StripeMode mode) => _byName = Read(options, mode);

    private static Dictionary<string, Endpoint> Read(IngestOptions options, StripeMode mode) =>
        options.Endpoints
            .Where(named => named.Value.Secrets.Count > 0)
            .ToDictionary(named => named.Key, named => Read(named.Key, named.Value, mode), StringComparer.Ordinal);

    private static Endpoint Read(string name, EndpointOptions options, StripeMode mode) => new()
    {
        Name = name,
        Secrets = [.. options.Secrets.Select(secret => new SigningSecret(secret))],
        Livemode = options.Mode switch
        {
            null or "" => mode is StripeMode.Live,
            "live" => true,
            "test" => false,
            "both" => null,
            _ => throw new ArgumentException(
                $"The mode \"{options.Mode}\" of the endpoint \"{name}\" is none: write live, test or both."),
        },
        StripeAccount = options.Account is { Length: > 0 } account ? account : null,
    };
}
