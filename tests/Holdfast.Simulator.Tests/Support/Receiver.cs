using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Simulator.Tests.Support;

/// <summary>A company's webhook endpoint on loopback: keeps what arrives and answers as the test wants.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    public const string Secret = "whsec_of_the_tests";

    private readonly WebApplication _app;
    private readonly List<Arrival> _arrivals = [];

    private Receiver(WebApplication app) => _app = app;

    public Uri Url => new(new Uri(_app.Urls.First()), "/hook");

    /// <summary>What the nth delivery, counted from 1, is answered with.</summary>
    public Func<int, int> Answers { get; set; } = _ => 200;

    /// <summary>Decides by what arrived, in place of <see cref="Answers"/>.</summary>
    public Func<Arrival, int>? AnswersTo { get; set; }

    /// <summary>Runs before the answer, such as a call back to the API.</summary>
    public Func<Arrival, Task> Before { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_arrivals)
            {
                return [.. _arrivals];
            }
        }
    }

    public string[] Types => [.. Arrivals.Select(arrival => (string)arrival.Json["type"]!)];

    public static async Task<Receiver> OpenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var arrival = new Arrival(
            body.ToArray(), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
            context.Request.Path);
        int number;
        lock (_arrivals)
        {
            _arrivals.Add(arrival);
            number = _arrivals.Count;
        }

        await Before(arrival);
        context.Response.StatusCode = AnswersTo?.Invoke(arrival) ?? Answers(number);
        if (context.Response.StatusCode is 302)
        {
            context.Response.Headers.Location = "/elsewhere";
        }
    }
}

/// <summary>One delivery as it came over the wire.</summary>
internal sealed record Arrival(byte[] Body, IReadOnlyDictionary<string, string> Headers, string Path)
{
    public JsonObject Json => (JsonObject)JsonNode.Parse(Body)!;

    public string Id => (string)Json["id"]!;

    public string Signature => Headers["Stripe-Signature"];

    public long SignedAt => long.Parse(
        Signature.Split(',').First(part => part.StartsWith("t=", StringComparison.Ordinal))[2..], CultureInfo.InvariantCulture);

    /// <summary>Whether one of its <c>v1</c> was made with this secret.</summary>
    public bool IsSignedBy(string secret)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes($"{SignedAt.ToString(CultureInfo.InvariantCulture)}."), .. Body];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message));
        return Signature.Split(',').Contains($"v1={expected}");
    }
}
