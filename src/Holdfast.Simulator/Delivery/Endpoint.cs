using System.Text.Json.Nodes;
using Holdfast.Simulator.Events;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Delivery;

/// <summary>Where events are sent, read out of the object that describes it.</summary>
internal readonly record struct Endpoint(StripeObject Object)
{
    /// <summary>https://docs.stripe.com/webhooks: of an account.</summary>
    public const int Most = 16;

    public string Id => Object.Id;

    /// <summary>One by the newer API shows its URL only when asked to.</summary>
    public string Url => Object.Text("url") ?? Object.Hidden.Text("url") ?? "";

    public bool IsEnabled => Object.Status is "enabled";

    public bool IsThin => Object.Text("event_payload") is "thin";

    public ApiVersion Version(World world) =>
        ApiVersion.TryParse(Object.Text("api_version") ?? Object.Text("snapshot_api_version"), out var version)
            ? version : world.DefaultVersion;

    public bool Listens(string type) =>
        Object.Body.Items("enabled_events").Any(name => EventNames.Fits(type, name!.GetValue<string>()));

    /// <summary>Those that sign now: more than one while they are being changed.</summary>
    public IEnumerable<string> Secrets(long now) => Object.Hidden.Objects("secrets")
        .Where(secret => secret.Number("expires_at") is not { } end || end > now)
        .Select(secret => secret.Text("secret")!);

    public static IEnumerable<Endpoint> All(World world) =>
        world.All(WebhookEndpoints.Type).Concat(world.All(EventDestinations.Type)).Select(item => new Endpoint(item));

    public static Endpoint? Find(World world, string id) =>
        (world.Find(WebhookEndpoints.Type, id) ?? world.Find(EventDestinations.Type, id)) is { } item
            ? new Endpoint(item) : null;

    public static JsonObject Secret(string secret) => new() { ["secret"] = secret, ["expires_at"] = null };
}
