using Holdfast.Access;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Stripe;
using Holdfast.Upkeep;

namespace Holdfast.AspNetCore.Configuration;

/// <summary>Every setting: the section <c>Holdfast</c>. See docs/configuration.md.</summary>
public sealed class HoldfastOptions
{
    /// <summary><c>live</c> or <c>test</c>; from the Stripe key's prefix when empty, else live.</summary>
    public string? Mode { get; set; }

    /// <summary>Where everything is kept: <c>sqlite:PATH</c>, or <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE</c>.</summary>
    public string DatabaseUrl { get; set; } = "sqlite:data/holdfast.db";

    /// <summary>By which name the other nodes know this one; the machine's when empty.</summary>
    public string? Node { get; set; }

    /// <summary>The path of <c>plans.json</c>; beside the database file, or in <c>data</c>, when empty.</summary>
    public string? PlansPath { get; set; }

    /// <summary>The URL by which the world reaches this server; https, where TLS ends at a proxy.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>A directory with a file per secret, named like the short names; read again when it changes.</summary>
    public string? SecretsDirectory { get; set; }

    /// <summary>A bearer token with the role admin, for scripts and for making the first other token.</summary>
    public string? ApiToken { get; set; }

    public IngestOptions Ingest { get; set; } = new();

    public WorkerOptions Jobs { get; set; } = new();

    public StripeOptions Stripe { get; set; } = new();

    public AccessOptions Access { get; set; } = new();

    public RetentionOptions Retention { get; set; } = new();
}
