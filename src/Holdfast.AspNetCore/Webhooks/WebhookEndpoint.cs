using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using Holdfast.Ingest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Holdfast.AspNetCore.Webhooks;

/// <summary>Where Stripe delivers. Answers 2xx only for what is durable, and tells a stranger nothing.</summary>
internal static class WebhookEndpoint
{
    private const int RetryAfterSeconds = 5;
    private static readonly byte[] Refused = "{\"error\":\"refused\"}"u8.ToArray();
    private static readonly byte[] Received = "{\"received\":true}"u8.ToArray();
    private static readonly byte[] Unavailable = "{\"error\":\"try again\"}"u8.ToArray();

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/webhooks/stripe", (RequestDelegate)(http => ReceiveAsync(http, IngestOptions.DefaultEndpoint)))
            .ExcludeFromDescription();
        routes.MapPost(
            "/webhooks/stripe/{endpoint}",
            (RequestDelegate)(http => ReceiveAsync(http, (string)http.Request.RouteValues["endpoint"]!)))
            .ExcludeFromDescription();
    }

    private static async Task ReceiveAsync(HttpContext http, string endpoint)
    {
        var receiver = http.RequestServices.GetRequiredService<Receiver>();
        var options = http.RequestServices.GetRequiredService<IngestOptions>();
        var arrival = Arrive(http, receiver, endpoint);
        if (!StringValues.IsNullOrEmpty(http.Request.Headers.ContentEncoding))
        {
            receiver.Refuse(arrival, RefusalCause.EncodedBody);
            await AnswerAsync(http, StatusCodes.Status415UnsupportedMediaType, Refused);
            return;
        }

        byte[]? body;
        try
        {
            body = await ReadAsync(http, options.MaxBodyBytes);
        }
        catch (BadHttpRequestException broken)
        {
            // Left alone it would be logged as an error of ours, and anybody could fill the log with it.
            receiver.Refuse(arrival, RefusalCause.BrokenBody);
            await AnswerAsync(http, broken.StatusCode, Refused);
            return;
        }

        if (body is null)
        {
            receiver.Refuse(arrival, RefusalCause.TooLarge);
            await AnswerAsync(http, StatusCodes.Status413PayloadTooLarge, Refused);
            return;
        }

        switch (await receiver.ReceiveAsync(arrival with { Body = body }))
        {
            case Receipt.Stored or Receipt.Duplicate:
                await AnswerReceivedAsync(http);
                break;
            case Receipt.Refused:
                await AnswerAsync(http, StatusCodes.Status400BadRequest, Refused);
                break;
            case Receipt.Unavailable:
                http.Response.Headers.RetryAfter = new StringValues(RetryAfterSeconds.ToString(provider: null));
                await AnswerAsync(http, StatusCodes.Status503ServiceUnavailable, Unavailable);
                break;
            default:
                throw new UnreachableException();
        }
    }

    internal static Arrival Arrive(HttpContext http, Receiver receiver, string endpoint)
    {
        var arrival = receiver.Arrive(
            endpoint, (string?[])http.Request.Headers[Signature.Header]!, http.Connection.RemoteIpAddress?.ToString());
        http.Response.Headers["Holdfast-Correlation-Id"] = arrival.Correlation;
        return arrival;
    }

    internal static ValueTask<FlushResult> AnswerReceivedAsync(HttpContext http) =>
        AnswerAsync(http, StatusCodes.Status200OK, Received);

    /// <returns>The exact bytes, or null when there are more than are taken in: then none are kept.</returns>
    internal static async Task<byte[]?> ReadAsync(HttpContext http, int max)
    {
        if (http.Request.ContentLength > max)
        {
            return null;
        }

        // The server's own limit answers with an exception in the middle of reading; ours answers first.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > max)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ValueTask<FlushResult> AnswerAsync(HttpContext http, int status, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        return http.Response.BodyWriter.WriteAsync(body);
    }
}
