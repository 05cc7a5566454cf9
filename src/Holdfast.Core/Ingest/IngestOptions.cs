namespace Holdfast.Ingest;

/// <summary>How deliveries are taken in. The section <c>Holdfast:Ingest</c>.</summary>
public sealed class IngestOptions
{
    /// <summary>The name of the endpoint at <c>/webhooks/stripe</c>.</summary>
    public const string DefaultEndpoint = "default";

    /// <summary>Webhook URLs by name; <c>default</c> is the one without a name in its path.</summary>
    public Dictionary<string, EndpointOptions> Endpoints { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How far the signature's time may lie from ours, both ways. Stripe's libraries use five minutes.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest body that is taken in, in bytes.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>How many deliveries one transaction makes durable at most.</summary>
    public int MaxGroup { get; set; } = 256;

    /// <summary>How many deliveries may wait to be made durable; more are answered 503 at once.</summary>
    public int MaxQueued { get; set; } = 4096;

    /// <summary>How many bytes of them may wait.</summary>
    public long MaxQueuedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>After this time a delivery that is not durable yet is answered 503; it may become so later.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(1.5);
}

/// <summary>One configured webhook URL.</summary>
public sealed class EndpointOptions
{
    /// <summary>Every signing secret that is accepted: two while rotating.</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>Which events it takes: <c>live</c>, <c>test</c> or <c>both</c>; the installation's mode when empty.</summary>
    public string? Mode { get; set; }

    /// <summary>The one Stripe account (<c>acct_…</c>) whose events it takes; any when empty.</summary>
    public string? Account { get; set; }
}
