namespace Holdfast.Simulator.Http;

/// <summary>A request to the simulated API, free of any HTTP server.</summary>
public sealed record ApiRequest(string Method, string Path)
{
    /// <summary>Newer routes have rules of their own. https://docs.stripe.com/api-v2-overview</summary>
    public bool IsV2 => Path.StartsWith("/v2/", StringComparison.Ordinal);

    /// <summary>Of the simulator's own: no key is needed, and no weather troubles it.</summary>
    public bool IsControl => Path.StartsWith(Control.Root, StringComparison.Ordinal);

    /// <summary>After the question mark, encoded.</summary>
    public string Query { get; init; } = "";

    /// <summary>Form-encoded for /v1, JSON for /v2.</summary>
    public string Body { get; init; } = "";

    /// <summary>The secret key, out of a Bearer or Basic authorization.</summary>
    public string? Key { get; init; }

    public string? Version { get; init; }

    /// <summary>The key is one that browsers may hold.</summary>
    public bool IsPublishable => Key?.StartsWith("pk_", StringComparison.Ordinal) is true;

    public string? IdempotencyKey { get; init; }

    /// <summary>The connected account of a <c>Stripe-Account</c> header, which the simulator does not support.</summary>
    public string? Account { get; init; }
}
