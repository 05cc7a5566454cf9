namespace Holdfast.Ingest;

/// <summary>Says in plain words what is probably wrong when most of the newest refusals share a cause.</summary>
internal static class RefusalHint
{
    /// <summary>How many of the newest are looked at.</summary>
    public const int Window = 20;

    private const int MinAlike = 3;
    private const double Share = 0.6;

    /// <param name="newest">The newest refusals, in any order.</param>
    /// <returns>Null when no cause stands out.</returns>
    public static string? Of(IReadOnlyCollection<Refusal> newest)
    {
        if (newest.Count is 0)
        {
            return null;
        }

        var common = newest.CountBy(refusal => refusal.Cause).MaxBy(group => group.Value);
        return common.Value >= MinAlike && common.Value >= newest.Count * Share ? Of(common.Key) : null;
    }

    private static string Of(RefusalCause cause) => cause switch
    {
        RefusalCause.NoHeader =>
            "Requests come without a Stripe-Signature header: something other than Stripe calls this URL, or a proxy "
            + "drops the header.",
        RefusalCause.MalformedHeader =>
            "The Stripe-Signature header cannot be read: a proxy may fold, join or rewrite headers.",
        RefusalCause.BadSignature =>
            "No signature matches. Either the signing secret is not this endpoint's (each endpoint and each mode has "
            + "its own; stripe listen prints yet another), or something before this server changes the body.",
        RefusalCause.TooOld =>
            "Rightly signed deliveries arrive too late: this server's clock may be ahead (check NTP), or a proxy holds "
            + "requests back for minutes.",
        RefusalCause.ClockAhead =>
            "Rightly signed deliveries come from the future: this server's clock is behind (check NTP).",
        RefusalCause.UnknownEndpoint =>
            "Deliveries go to an endpoint that is not configured or has no secret: compare the URL at Stripe with "
            + "Holdfast:Ingest:Endpoints and set its secret.",
        RefusalCause.WrongMode =>
            "Rightly signed events of the other mode arrive: set HOLDFAST_MODE to test for a sandbox or to live for "
            + "real payments, or give that endpoint its own Mode.",
        RefusalCause.WrongAccount =>
            "Rightly signed events of another Stripe account arrive: compare the endpoint's Account with the account "
            + "that sends.",
        RefusalCause.MalformedBody =>
            "Rightly signed bodies are not events Holdfast can read: look at the sender; Stripe sends JSON objects.",
        RefusalCause.TooLarge =>
            "Bodies are larger than is taken in; Stripe's are not. Something else calls this URL.",
        RefusalCause.EncodedBody =>
            "Bodies arrive compressed, which Stripe never does: turn request compression off in the proxy.",
        RefusalCause.BrokenBody =>
            "Bodies cannot be read to their end: a proxy cuts them, or the way to this server is very slow.",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
