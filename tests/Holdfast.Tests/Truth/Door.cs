using System.Net;
using Holdfast.Ingest;

namespace Holdfast.Tests.Truth;

/// <summary>Brings the simulated Stripe's deliveries to the receiver.</summary>
/// <param name="before">Before each of them, so that the engine's clock is right.</param>
/// <param name="after">After each that was taken in.</param>
internal sealed class Door(Func<Receiver> receiver, Action before, Func<Task> after) : HttpMessageHandler
{
    public int Events { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        before();
        var arrival = receiver().Arrive(
            IngestOptions.DefaultEndpoint, [.. request.Headers.GetValues(Signature.Header)], remoteAddress: null);
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        switch (await receiver().ReceiveAsync(arrival with { Body = body }))
        {
            case Receipt.Stored:
                Events++;
                await after();
                return new(HttpStatusCode.OK);
            case Receipt.Duplicate:
                return new(HttpStatusCode.OK);
            case Receipt.Refused:
                return new(HttpStatusCode.BadRequest);
            default:
                return new(HttpStatusCode.ServiceUnavailable);
        }
    }
}
