using System.Text.Json.Nodes;

namespace Holdfast.Simulator.State;

/// <summary>One object as Stripe holds it, in the newest version's shape.</summary>
internal sealed class StripeObject(ObjectType type, JsonObject body, JsonObject? hidden = null)
{
    public ObjectType Type { get; } = type;

    /// <summary>What is shown. Changed only through <see cref="Operation.Update"/>, so that it can be undone and told.</summary>
    public JsonObject Body { get; private set; } = body;

    /// <summary>What Stripe knows and never shows: which test card is behind it, which invoice a payment is for.</summary>
    public JsonObject Hidden { get; private set; } = hidden ?? [];

    /// <summary>How it looked when an event last told of it; null when none ever did.</summary>
    public JsonObject? Told { get; private set; }

    public string Id => Body.Text("id") ?? throw new InvalidOperationException($"A {Type.Name} without an id.");

    public string? Status => Body.Text("status");

    /// <summary>The test clock it lives on, null for the world's own time.</summary>
    public string? Clock => Hidden.Text("clock");

    public string? Text(string path) => Body.Text(path);

    public long Number(string path) => Body.Number(path) ?? 0;

    public void Restore(JsonObject body, JsonObject hidden)
    {
        Body = body;
        Hidden = hidden;
    }

    /// <summary>
    /// An event has shown this. A plan is told of by its price, and the preview of an invoice by its subscription: such an
    /// event shows something else.
    /// </summary>
    public void WasTold(JsonObject shown)
    {
        if (shown.Text("object") == Body.Text("object") && shown.Text("id") == Id)
        {
            Told = shown;
        }
    }

    public override string ToString() => $"{Type.Name} {Body.Text("id")}";
}
