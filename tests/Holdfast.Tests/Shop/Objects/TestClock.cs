using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/test_clocks/object</remarks>
internal sealed record TestClock : StripeObject
{
    public required DateTimeOffset FrozenAt { get; init; }

    public string Status { get; init; } = "ready";

    public override JsonObject Render(Rendering rendering) =>
        rendering.Begin(this, "test_helpers.test_clock").With(new()
        {
            ["deletes_after"] = (CreatedAt + TimeSpan.FromDays(30)).Unix(),
            ["frozen_time"] = FrozenAt.Unix(),
            ["name"] = "Renewals",
            ["status"] = Status,
            ["status_details"] = Status is "advancing" ? Advancing() : [],
        });

    private JsonObject Advancing() => new()
    {
        ["advancing"] = new JsonObject { ["target_frozen_time"] = FrozenAt.Unix() },
    };
}
