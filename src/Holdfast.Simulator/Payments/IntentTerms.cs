using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What a payment intent is made with.</summary>
/// <param name="Amount">In the currency's smallest unit.</param>
internal sealed record IntentTerms(long Amount, string Currency)
{
    public StripeObject? Customer { get; init; }

    /// <summary>A payment method or a legacy card.</summary>
    public StripeObject? Method { get; init; }

    public string? Description { get; init; }

    /// <summary>The id of the invoice it is to pay; kept hidden, as since basil it is not shown.</summary>
    public string? Invoice { get; init; }

    public string? SetupFutureUsage { get; init; }

    public JsonObject? Metadata { get; init; }

    public string CaptureMethod { get; init; } = "automatic";

    /// <summary>Further fields over the template.</summary>
    public JsonObject More { get; init; } = [];
}
