using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>A change to one item of a subscription, or a new one when it names none.</summary>
internal sealed record ItemChange
{
    public string? Id { get; init; }

    public StripeObject? Price { get; init; }

    public long? Quantity { get; init; }

    public bool IsDeleted { get; init; }

    public Action<JsonObject>? Write { get; init; }
}

/// <summary>A change to a subscription.</summary>
internal sealed record ChangeTerms
{
    public IReadOnlyList<ItemChange> Items { get; init; } = [];

    /// <summary>Null when they stay.</summary>
    public IReadOnlyList<DiscountTerms>? Discounts { get; init; }

    public string ProrationBehavior { get; init; } = "create_prorations";

    public long? ProrationDate { get; init; }

    public string PaymentBehavior { get; init; } = "allow_incomplete";

    /// <summary>A new period begins now.</summary>
    public bool Restarts { get; init; }

    public bool EndsTrial { get; init; }

    /// <summary>A trial from now until then.</summary>
    public long? TrialEnd { get; init; }

    public bool OffSession { get; init; }

    /// <summary>The plain fields.</summary>
    public Action<JsonObject> Write { get; init; } = _ => { };

    /// <summary>Whose error shows a payment that must not fail.</summary>
    public Call? Call { get; init; }
}
