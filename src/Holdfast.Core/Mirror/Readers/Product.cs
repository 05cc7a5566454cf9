using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>
/// A thing for sale, whose prices are objects of their own. Read alike from every API version since 2019.
/// </summary>
/// <remarks>https://docs.stripe.com/api/products/object</remarks>
public sealed record Product
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>It can be bought; those who hold an archived product keep it.</summary>
    public bool IsActive { get; init; }

    public string? DefaultPrice { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id or no name.</exception>
    public static Product Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        Name = body.Required("name"),
        Description = body.Text("description"),
        IsActive = body.Flag("active") is true,
        DefaultPrice = body.Id("default_price"),
        CreatedAt = body.Moment("created"),
        Metadata = body.Metadata("metadata"),
    };
}
