using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <summary>An object of a kind nobody has heard of, as a later API version may bring.</summary>
internal sealed record Tiger : StripeObject
{
    public override JsonObject Render(Rendering rendering) => rendering.Begin(this, "galaxy.tiger").With(new()
    {
        ["loudness"] = 0.5,
        ["stripes"] = new JsonArray(7, 11, 13),
        ["status"] = "purring",
    });
}
