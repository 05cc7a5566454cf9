using System.Text.Json.Nodes;
using Holdfast.Server.Output;
using Holdfast.Simulator;

namespace Holdfast.Server.Commands;

/// <summary>Where a simulated Stripe sends its events.</summary>
internal static class SimulatedEndpoints
{
    /// <summary>Sends events there too, unless the world that was loaded does so already.</summary>
    /// <param name="webhook">Null opens none.</param>
    /// <param name="secret">Null makes one, or takes the one that signs already.</param>
    public static async Task OpenAsync(StripeSimulator simulator, Uri? webhook, string? secret, CancellationToken ct)
    {
        if (webhook is null)
        {
            return;
        }

        var known = (await AllAsync(simulator, ct)).FirstOrDefault(endpoint => (string?)endpoint["url"] == webhook.AbsoluteUri);
        if (known is null)
        {
            await simulator.AddEndpointAsync(webhook, secret, ct: ct);
        }
        else if (secret is not null && !SecretsOf(known).Contains(secret))
        {
            throw new VerbException(
                $"The world that was loaded sends to {webhook} already, and signs with another secret; leave --secret out, "
                + "and it is printed.");
        }
    }

    public static async Task AnnounceAsync(StripeSimulator simulator, CancellationToken ct)
    {
        var endpoints = await AllAsync(simulator, ct);
        if (endpoints.Count is 0)
        {
            Screen.Line("Events are kept and sent nowhere: name a --webhook, or make an endpoint over the API.");
        }

        foreach (var endpoint in endpoints)
        {
            Screen.Line((string?)endpoint["status"] is "disabled"
                ? $"{endpoint["url"]} ({endpoint["id"]}) is disabled: nothing goes there until it is enabled again."
                : $"Events go to {endpoint["url"]} ({endpoint["id"]}), signed with {string.Join(" and ", SecretsOf(endpoint))}");
        }
    }

    private static async Task<IReadOnlyList<JsonObject>> AllAsync(StripeSimulator simulator, CancellationToken ct) =>
        [.. (await simulator.CallAsync(new("GET", "/_simulator/endpoints"), ct)).Json["data"]!.AsArray().OfType<JsonObject>()];

    private static IReadOnlyList<string> SecretsOf(JsonObject endpoint) =>
        [.. endpoint["secrets"]!.AsArray().Select(secret => (string)secret!)];
}
