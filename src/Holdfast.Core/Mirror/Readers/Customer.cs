using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>A customer as Stripe knows it, read alike from every API version since 2019.</summary>
/// <remarks>https://docs.stripe.com/api/customers/object</remarks>
public sealed record Customer
{
    public required string Id { get; init; }

    /// <summary>What Stripe returns in place of a deleted customer: the id, and nothing else.</summary>
    public bool IsDeleted { get; init; }

    public string? Email { get; init; }

    public string? Name { get; init; }

    /// <summary>The merchant's own note about this customer.</summary>
    public string? Description { get; init; }

    public string? Currency { get; init; }

    /// <summary>
    /// Below zero the customer has credit for the next invoice, above zero a debt; in the smallest unit.
    /// </summary>
    public long Balance { get; init; }

    /// <summary>The latest invoice charged automatically failed, or one sent by mail is overdue.</summary>
    public bool IsDelinquent { get; init; }

    /// <summary>What invoices are charged to; the legacy default source where no payment method was chosen.</summary>
    public string? DefaultPaymentMethod { get; init; }

    public Discount? Discount { get; init; }

    /// <summary>Its times are those of one of Stripe's test clocks and cannot be compared with ours.</summary>
    public bool IsOnTestClock { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id.</exception>
    public static Customer Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        IsDeleted = body.Flag("deleted") is true,
        Email = body.Text("email"),
        Name = body.Text("name"),
        Description = body.Text("description"),
        Currency = body.Text("currency"),
        // Named account_balance before 2019-10-17.
        Balance = body.Number("balance") ?? body.Number("account_balance") ?? 0,
        IsDelinquent = body.Flag("delinquent") is true,
        DefaultPaymentMethod = body.Id("invoice_settings", "default_payment_method") ?? body.Id("default_source"),
        Discount = body.At("discount") is { ValueKind: JsonValueKind.Object } discount ? Discount.Read(discount) : null,
        IsOnTestClock = body.Id("test_clock") is not null,
        CreatedAt = body.Moment("created"),
        Metadata = body.Metadata("metadata"),
    };
}
