using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <summary>
/// One of Stripe's objects at a moment: what a story may change. The rest of its many fields are filled in by
/// <see cref="Render"/>, in the shape asked for. Changing one means making another with <c>with</c>.
/// </summary>
internal abstract record StripeObject
{
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public abstract JsonObject Render(Rendering rendering);
}

/// <summary>How to write an object down: in which shape, and of which mode.</summary>
internal sealed record Rendering(ApiVersionShape Shape, bool IsLive)
{
    /// <summary>Whether fields moved by 2025-03-31.basil are at their new places.</summary>
    public bool IsBasil => Shape >= ApiVersionShape.Basil;

    /// <summary>The beginning every object has.</summary>
    public JsonObject Begin(StripeObject subject, string name) => new()
    {
        ["id"] = subject.Id,
        ["object"] = name,
        ["created"] = subject.CreatedAt.Unix(),
        ["livemode"] = IsLive,
    };
}
