namespace Holdfast.Stripe;

/// <summary>How Stripe is asked. The section <c>Holdfast:Stripe</c>.</summary>
public sealed class StripeOptions
{
    /// <summary>Where Stripe itself answers; keys of real money go nowhere else.</summary>
    public const string Address = "https://api.stripe.com";

    /// <summary>Where Stripe's API is: Stripe itself, or a simulator for keys of the sandbox.</summary>
    public string ApiBase { get; set; } = Address;

    public StripeKeyOptions Keys { get; set; } = new();

    /// <summary>How long one attempt of a call may take until its answer is whole.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a call may take with all its attempts, and what it waits before and between them.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many calls a second all nodes together may make; when it is not set, four fifths of what Stripe allows: 80 with
    /// live keys, 20 with test keys.
    /// </summary>
    public int? RequestsPerSecond { get; set; }

    /// <summary>
    /// How long what Stripe answers may lag behind what it has told. An answer given sooner after a change proves nothing.
    /// </summary>
    public TimeSpan ReadLag { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long nothing must have been heard of an object before what is held of it is confirmed.</summary>
    public TimeSpan QuietMoment { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the confirmation of an object that does not come to rest is put off.</summary>
    public TimeSpan MaxQuietWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Types of objects (Stripe's <c>object</c>) that are fetched after each of their events; none by default.</summary>
    public IList<string> AlwaysFetch { get; } = [];

    /// <summary>The connected accounts (<c>acct_…</c>) that are asked beside our own.</summary>
    public IList<string> ConnectedAccounts { get; } = [];

    public CatchUpOptions CatchUp { get; set; } = new();
}

/// <summary>
/// The secret or restricted keys (<c>sk_…</c>, <c>rk_…</c>) by what they are used for, so that each needs to be allowed no
/// more than its job takes.
/// </summary>
/// <remarks>https://docs.stripe.com/keys-best-practices</remarks>
public sealed class StripeKeyOptions
{
    /// <summary>For each job that has none of its own.</summary>
    public string? General { get; set; }

    /// <summary>For everything that is read.</summary>
    public string? Read { get; set; }

    /// <summary>For whatever takes a payment.</summary>
    public string? Payments { get; set; }

    /// <summary>For giving money back.</summary>
    public string? Refunds { get; set; }
}
