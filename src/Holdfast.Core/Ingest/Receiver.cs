using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ingest;

/// <summary>
/// The one door for events: verify the exact bytes, read the envelope, make it durable, answer. Whoever brings an
/// event, Stripe or a catch-up, comes through here.
/// </summary>
internal sealed partial class Receiver(
    Endpoints endpoints,
    GroupCommit group,
    RefusalLog refusals,
    IngestOptions options,
    TimeProvider clock,
    ILogger<Receiver> log)
{
    /// <summary>Stands where a delivery has the name of its endpoint.</summary>
    public const string AskedFor = "catch_up";

    /// <summary>Verified against when there is no such endpoint, so that the answer takes as long as any other refusal.</summary>
    private static readonly SigningSecret[] Nobodys = [new("whsec_of_no_endpoint")];

    public async Task<Receipt> ReceiveAsync(Arrival arrival)
    {
        var (cause, delivery) = Verify(arrival);
        if (cause is { } refused)
        {
            return Refuse(arrival, refused);
        }

        var receipt = await group.AddAsync(delivery!);
        if (receipt is Receipt.Unavailable(var reason))
        {
            LogUnavailable(delivery!.Envelope.Id, arrival.Correlation, reason);
        }

        return receipt;
    }

    /// <summary>
    /// Takes in an event that Stripe was asked for. That it stood in Stripe's answer is its proof: it has no signature and no
    /// endpoint. All else is as for a delivery, but that a refusal is told to the asker alone.
    /// </summary>
    /// <param name="livemode">The mode it was asked in.</param>
    /// <param name="stripeAccount">The connected account it was asked of; empty for our own.</param>
    public async Task<Receipt> TakeAsync(byte[] body, bool livemode, string stripeAccount)
    {
        var account = stripeAccount is "" ? null : stripeAccount;
        var asked = new Endpoint { Name = AskedFor, Secrets = [], Livemode = livemode, StripeAccount = account };
        var arrival = Arrive(AskedFor, signatures: [], remoteAddress: null) with { Body = body };
        if (body.Length > options.MaxBodyBytes)
        {
            return new Receipt.Refused(RefusalCause.TooLarge);
        }

        switch (Envelope.Read(body))
        {
            case EnvelopeCheck.Sound(var read):
                // The list of a connected account need not name it in each event.
                var envelope = read with { StripeAccount = read.StripeAccount ?? account };
                return asked.Refuses(envelope) is { } cause
                    ? new Receipt.Refused(cause)
                    : await group.AddAsync(DeliveryOf(envelope, arrival, secret: null));
            case EnvelopeCheck.Malformed(var reason):
                LogMalformedAnswer(arrival.Correlation, reason);
                return new Receipt.Refused(RefusalCause.MalformedBody);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Turns away what cannot be a delivery, before its body is read.</summary>
    public Receipt Refuse(Arrival arrival, RefusalCause cause)
    {
        refusals.Add(new()
        {
            At = arrival.At,
            Endpoint = arrival.Endpoint,
            Cause = cause,
            Correlation = arrival.Correlation,
            RemoteAddress = arrival.RemoteAddress,
            Facts = arrival.Facts(),
        });
        return new Receipt.Refused(cause);
    }

    /// <summary>An arrival as of now, under a new correlation id.</summary>
    public Arrival Arrive(string endpoint, IReadOnlyList<string?> signatures, string? remoteAddress)
    {
        var now = clock.GetUtcNow();
        return new()
        {
            Endpoint = endpoint,
            Signatures = signatures,
            RemoteAddress = remoteAddress,
            At = now,
            Correlation = Guid.CreateVersion7(now).ToString("N"),
        };
    }

    private (RefusalCause? Cause, Delivery? Delivery) Verify(Arrival arrival)
    {
        var endpoint = endpoints.Find(arrival.Endpoint);
        var body = arrival.Body;
        var check = Signature.Verify(
            arrival.Signatures, body, endpoint?.Secrets ?? Nobodys, arrival.At, options.Tolerance);
        if (endpoint is null)
        {
            return (RefusalCause.UnknownEndpoint, null);
        }

        if (check is not SignatureCheck.Valid valid)
        {
            return (CauseOf(check), null);
        }

        return Envelope.Read(body) switch
        {
            EnvelopeCheck.Sound(var envelope) when endpoint.Refuses(envelope) is { } cause => (cause, null),
            EnvelopeCheck.Sound(var envelope) =>
                (null, DeliveryOf(envelope, arrival, endpoint.Secrets[valid.Secret].Fingerprint)),
            EnvelopeCheck.Malformed(var reason) => Malformed(arrival, reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Delivery DeliveryOf(Envelope envelope, Arrival arrival, string? secret) => new()
    {
        Endpoint = arrival.Endpoint,
        Envelope = envelope,
        Body = arrival.Body,
        Hash = SHA256.HashData(arrival.Body),
        ReceivedAt = arrival.At,
        Correlation = arrival.Correlation,
        Secret = secret,
    };

    private (RefusalCause? Cause, Delivery? Delivery) Malformed(Arrival arrival, string reason)
    {
        LogMalformed(arrival.Endpoint, arrival.Correlation, reason);
        return (RefusalCause.MalformedBody, null);
    }

    private static RefusalCause CauseOf(SignatureCheck check) => check switch
    {
        SignatureCheck.NoHeader => RefusalCause.NoHeader,
        SignatureCheck.Malformed or SignatureCheck.NoV1 => RefusalCause.MalformedHeader,
        SignatureCheck.Mismatch => RefusalCause.BadSignature,
        SignatureCheck.TooOld => RefusalCause.TooOld,
        SignatureCheck.ClockAhead => RefusalCause.ClockAhead,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    [LoggerMessage(1010, LogLevel.Warning, "{EventId}, delivery {Correlation}, is answered 503: {Reason}")]
    private partial void LogUnavailable(EventId eventId, string correlation, string reason);

    [LoggerMessage(1011, LogLevel.Warning, "A rightly signed body at endpoint {Endpoint}, delivery {Correlation}, is "
        + "refused: {Reason}")]
    private partial void LogMalformed(string endpoint, string correlation, string reason);

    [LoggerMessage(1012, LogLevel.Warning, "An event that was asked for, delivery {Correlation}, cannot be taken in: {Reason}")]
    private partial void LogMalformedAnswer(string correlation, string reason);
}
