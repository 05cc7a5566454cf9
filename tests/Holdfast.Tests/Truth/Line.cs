using System.Text.Json.Nodes;
using Holdfast.Simulator;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Truth;

/// <summary>
/// The line over which the engine asks the simulated Stripe: answers take their time on it, and all that was asked and
/// shown is kept.
/// </summary>
internal sealed class Line(StripeSimulator stripe, ManualClock clock, Random chance) : DelegatingHandler(stripe.NewHandler())
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _shown = [];
    private readonly Dictionary<long, int> _bySecond = [];

    /// <summary>Calls that ask for one object.</summary>
    public int Fetches { get; private set; }

    public int Calls { get; private set; }

    /// <summary>How many calls were made within one second of the simulated time, at the most.</summary>
    public int MostInASecond => _bySecond.Count is 0 ? 0 : _bySecond.Values.Max();

    /// <summary>The object as Stripe's last answer about it showed it; null when it was never asked for.</summary>
    public JsonObject? LastShown(string id)
    {
        lock (_lock)
        {
            return _shown.GetValueOrDefault(id);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asksForOne = request.RequestUri!.AbsolutePath.Count('/') > 2;
        var latency = Note(asksForOne);
        await Task.Delay(latency / 2, clock, cancellationToken);
        var answer = await base.SendAsync(request, cancellationToken);
        await Task.Delay(latency / 2, clock, cancellationToken);
        if (asksForOne && answer.IsSuccessStatusCode)
        {
            await KeepAsync(answer, cancellationToken);
        }

        return answer;
    }

    private TimeSpan Note(bool asksForOne)
    {
        lock (_lock)
        {
            Calls++;
            Fetches += asksForOne ? 1 : 0;
            var second = clock.GetUtcNow().ToUnixTimeSeconds();
            _bySecond[second] = _bySecond.GetValueOrDefault(second) + 1;
            return Longest * Math.Pow(chance.NextDouble(), 3);
        }
    }

    private async Task KeepAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var body = (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))!;
        lock (_lock)
        {
            _shown[(string)body["id"]!] = body;
        }
    }
}
