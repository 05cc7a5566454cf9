using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Apply;

/// <summary>Stands where the network is, and knows what each object looks like: now, and as it was for a while.</summary>
internal sealed class StripeDouble : HttpMessageHandler
{
    private readonly Dictionary<string, List<(DateTimeOffset At, JsonObject? Body)>> _objects = new(StringComparer.Ordinal);

    public ManualClock Clock { get; set; } = null!;

    /// <summary>How far behind it reads.</summary>
    public TimeSpan Lag { get; set; }

    /// <summary>What is answered to everything instead; null when it answers as it should.</summary>
    public HttpStatusCode? Trouble { get; set; }

    public List<(string Path, string? Version)> Asked { get; } = [];

    /// <summary>What happens before it answers, once.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <param name="body">Null when it is gone.</param>
    public void Put(string path, JsonObject? body, DateTimeOffset? at = null)
    {
        var moments = _objects.TryGetValue(path, out var known) ? known : _objects[path] = [];
        moments.Add((at ?? Clock.GetUtcNow(), body));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Asked.Add((path, request.Headers.TryGetValues("Stripe-Version", out var versions) ? versions.Single() : null));
        var response = Answer(path);
        response.Headers.Date = Clock.GetUtcNow();
        response.Headers.TryAddWithoutValidation("Request-Id", $"req_{Asked.Count}");
        if (Meanwhile is { } happens)
        {
            Meanwhile = null;
            await happens();
        }

        return response;
    }

    private HttpResponseMessage Answer(string path)
    {
        if (Trouble is { } status)
        {
            return Refusal(status, "parameter_unknown");
        }

        var seen = Clock.GetUtcNow() - Lag;
        var body = _objects.GetValueOrDefault(path)?.LastOrDefault(moment => moment.At <= seen).Body;
        return body is null
            ? Refusal(HttpStatusCode.NotFound, "resource_missing")
            : new(HttpStatusCode.OK) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
    }

    private static HttpResponseMessage Refusal(HttpStatusCode status, string code) => new(status)
    {
        Content = new StringContent(
            $$$"""{"error":{"type":"invalid_request_error","code":"{{{code}}}","message":"No."}}""",
            Encoding.UTF8,
            "application/json"),
    };
}
