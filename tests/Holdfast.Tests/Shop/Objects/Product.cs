using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/products/object</remarks>
internal sealed record Product : StripeObject
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public bool IsActive { get; init; } = true;

    public string? DefaultPrice { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "product").With(new()
        {
            ["active"] = IsActive,
            ["description"] = Description,
            ["images"] = Parts.Words("https://shop.example/images/cover.png"),
            ["metadata"] = Parts.Metadata(Metadata),
            ["name"] = Name,
            ["package_dimensions"] = null,
            ["shippable"] = null,
            ["statement_descriptor"] = null,
            ["type"] = "service",
            ["unit_label"] = null,
            ["updated"] = UpdatedAt.Unix(),
            ["url"] = null,
            ["attributes"] = new JsonArray(),
        });
        return rendering.Shape is ApiVersionShape.Of2019
            ? body.With(new() { ["caption"] = null, ["deactivate_on"] = new JsonArray() })
            : body.With(new()
            {
                ["default_price"] = DefaultPrice,
                ["marketing_features"] = new JsonArray(),
                ["tax_code"] = null,
            });
    }
}
