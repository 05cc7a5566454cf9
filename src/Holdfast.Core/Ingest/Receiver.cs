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
            EnvelopeCheck.Sound(var envelope) => (null, new()
            {
                Endpoint = endpoint.Name,
                Envelope = envelope,
                Body = body,
                Hash = SHA256.HashData(body),
                ReceivedAt = arrival.At,
                Correlation = arrival.Correlation,
                Secret = endpoint.Secrets[valid.Secret].Fingerprint,
            }),
            EnvelopeCheck.Malformed(var reason) => Malformed(arrival, reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

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
}
