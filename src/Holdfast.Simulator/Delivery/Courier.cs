using System.Net.Http.Headers;
using Holdfast.Simulator.Events;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Delivery;

/// <summary>
/// Brings events to endpoints. What it takes and what it notes down is done under the world's gate; the sending itself is
/// not, so that an endpoint may call the API while it is being called.
/// </summary>
/// <param name="carrier">The caller's own, whom it stays with; null is the network.</param>
internal sealed class Courier(World world, TimeProvider receiversTime, HttpMessageHandler? carrier = null) : IDisposable
{
    private readonly HttpClient _http = new(carrier ?? Network(), disposeHandler: carrier is null)
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Takes what is to be sent out of the outbox; null when it is to be sent no more.</summary>
    public Parcel? Take(Sending sending)
    {
        world.Outbox.Take(sending);
        if (world.Events.Find(sending.Event) is { } told && Endpoint.Find(world, sending.Endpoint) is { } endpoint
            && (endpoint.IsEnabled || sending.IsManual))
        {
            return Pack(sending, told, endpoint);
        }

        world.Outbox.Done(sending);
        return null;
    }

    public async Task<Arrived> SendAsync(Parcel parcel, CancellationToken ct)
    {
        if (parcel.IsUnreachable)
        {
            return new Arrived(null, "Outage");
        }

        using var request = new HttpRequestMessage();
        request.Method = HttpMethod.Post;
        request.Content = new ByteArrayContent(parcel.Body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
        request.Headers.TryAddWithoutValidation("Accept", "*/*; q=0.5, application/xml");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        request.Headers.TryAddWithoutValidation("Cache-Control", "no-cache");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", parcel.Signature);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(world.Delivery.Timeout);
        try
        {
            request.RequestUri = new Uri(parcel.Url);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return new Arrived((int)answer.StatusCode, null);
        }
        catch (HttpRequestException error)
        {
            return new Arrived(null, error.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new Arrived(null, "TimedOut");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new Arrived(null, error.GetType().Name);
        }
    }

    /// <summary>Otherwise the world it was taken from is gone.</summary>
    public bool IsOfThisWorld(Parcel parcel) => parcel.Epoch == world.Epoch;

    public void Note(Parcel parcel, Arrived arrived)
    {
        if (!IsOfThisWorld(parcel))
        {
            return;
        }

        var sending = parcel.Sending;
        world.Outbox.Done(sending);
        var record = new DeliveryRecord(
            world.NowMilliseconds, parcel.EventId, parcel.Type, sending.Endpoint, sending.Attempt,
            arrived.Status, arrived.Error, sending.IsManual, sending.IsCopy, sending.IsCorrupt);
        world.Deliveries.Add(record with { HasDisabled = Consequences.Follow(world, sending, parcel.Event, record) });
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Network() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    };

    private Parcel Pack(Sending sending, StripeEvent told, Endpoint endpoint)
    {
        var body = sending.Twin is { } twin ? new ThinEvent(told, twin).Write() : told.Write(world, endpoint.Version(world));
        var signature = Signature.Header(
            endpoint.Secrets(world.Now(null)), receiversTime.GetUtcNow().ToUnixTimeSeconds(), body);
        if (sending.IsCorrupt)
        {
            body[body.Length / 2] ^= 1;
        }

        return new Parcel(sending, told, endpoint.Url, body, signature)
        {
            Epoch = world.Epoch,
            IsUnreachable = world.Outages.IsOut(world, Outages.Deliveries),
        };
    }
}

/// <summary>A sending with all that goes over the wire.</summary>
internal sealed record Parcel(Sending Sending, StripeEvent Event, string Url, byte[] Body, string Signature)
{
    public string EventId => Sending.Twin is { } twin ? new ThinEvent(Event, twin).Id : Event.Id;

    public string Type => Sending.Twin is { } twin ? Event.Twins[twin] : Event.Type;

    /// <summary>Of the world it was taken from.</summary>
    public int Epoch { get; init; }

    /// <summary>Nothing gets through at the moment.</summary>
    public bool IsUnreachable { get; init; }
}

/// <summary>The endpoint's answer, or why there was none.</summary>
internal sealed record Arrived(int? Status, string? Error);
