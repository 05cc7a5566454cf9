using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Webhooks;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Bench;

/// <summary>The same server with a part of its work left out, to compare with.</summary>
internal static class BaselineHost
{
    /// <param name="keeps">It stores every event and applies none; otherwise it verifies each and forgets it.</param>
    public static async Task<int> RunAsync(bool keeps)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddHoldfast();
        builder.Services.AddSingleton<BatchHandler, NoWork>();
        await using var app = builder.Build();
        if (!keeps)
        {
            app.MapPost("/webhooks/stripe", (RequestDelegate)DiscardAsync).WithOrder(-1);
        }

        app.MapHoldfast();
        await app.RunAsync();
        return 0;
    }

    private static async Task DiscardAsync(HttpContext http)
    {
        var receiver = http.RequestServices.GetRequiredService<Receiver>();
        var endpoints = http.RequestServices.GetRequiredService<Endpoints>();
        var options = http.RequestServices.GetRequiredService<IngestOptions>();
        var arrival = WebhookEndpoint.Arrive(http, receiver, IngestOptions.DefaultEndpoint);
        var body = await WebhookEndpoint.ReadAsync(http, options.MaxBodyBytes);
        var secrets = endpoints.Find(IngestOptions.DefaultEndpoint)!.Secrets;
        var check = Signature.Verify(arrival.Signatures, body, secrets, arrival.At, options.Tolerance);
        if (check is SignatureCheck.Valid && Envelope.Read(body) is EnvelopeCheck.Sound)
        {
            await WebhookEndpoint.AnswerReceivedAsync(http);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    /// <summary>The worker asks for work of a kind there is none of.</summary>
    private sealed class NoWork : BatchHandler
    {
        public override string Kind => "none";

        public override Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs) =>
            throw new InvalidOperationException("There is no work of this kind.");
    }
}
