using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>
/// The saving of a payment method for later use. Read alike from every API version that has it (2019).
/// </summary>
/// <remarks>https://docs.stripe.com/api/setup_intents/object</remarks>
public sealed record SetupIntent
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    public string? Customer { get; init; }

    public string? PaymentMethod { get; init; }

    /// <summary>
    /// <c>off_session</c> when the payer will not be there at later payments, else <c>on_session</c>.
    /// </summary>
    public string? Usage { get; init; }

    public PaymentError? LastSetupError { get; init; }

    /// <summary>What the payer has to do, such as <c>use_stripe_sdk</c> or <c>redirect_to_url</c>.</summary>
    public string? NextAction { get; init; }

    public string? Mandate { get; init; }

    public string? Description { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public string? CancellationReason { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id or no status.</exception>
    public static SetupIntent Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        Status = body.Required("status"),
        Customer = body.Id("customer"),
        PaymentMethod = body.Id("payment_method"),
        Usage = body.Text("usage"),
        LastSetupError = PaymentError.Read(body.At("last_setup_error")),
        NextAction = body.Text("next_action", "type"),
        Mandate = body.Id("mandate") ?? body.Id("single_use_mandate"),
        Description = body.Text("description"),
        CreatedAt = body.Moment("created"),
        CancellationReason = body.Text("cancellation_reason"),
        Metadata = body.Metadata("metadata"),
    };
}
