using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>When a card asks its holder to prove by 3-D Secure that it is them.</summary>
internal enum Authentication
{
    /// <summary>The bank takes no part: where the seller asks, the attempt counts and the payment goes on.</summary>
    NotEnrolled,

    /// <summary>Only when the seller asks for it.</summary>
    Optional,

    /// <summary>The seller may ask, and it passes without the customer.</summary>
    Frictionless,

    /// <summary>When the seller asks, the attempt breaks.</summary>
    Broken,

    Always,

    /// <summary>With the customer there always; without, only until it was set up for that.</summary>
    UnlessSetUp,

    /// <summary>With the customer there always; without, never: it is set up already.</summary>
    OnSession,
}

/// <summary>How a bank, or Stripe itself, refuses. See https://docs.stripe.com/declines/codes.</summary>
/// <param name="Code">The error's <c>code</c>, and the charge's <c>failure_code</c>.</param>
/// <param name="Reason">The <c>decline_code</c>, null where the code itself says it.</param>
/// <param name="Advice">The <c>advice_code</c>: what to do about trying again.</param>
internal sealed record Decline(string Code, string? Reason, string Message, string? Advice)
{
    /// <summary>It was tried without the customer, who is needed.</summary>
    public static Decline AuthenticationRequired { get; } = new(
        "authentication_required", "authentication_required",
        "Your card was declined. This transaction requires authentication.", null);

    /// <summary>The check of who the holder is broke down.</summary>
    public static Decline AuthenticationBroke { get; } = new(
        "processing_error", null, "Your card could not be processed. Try again in a little bit.", "try_again_later");

    /// <summary>Stripe's Radar held it back: it never reached the bank.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>A bank's refusal of a debit, which Stripe counts as no error of a card.</summary>
    public bool IsByBank { get; init; }
}

/// <summary>What a card that is opened to a dispute by its number brings about.</summary>
/// <param name="Reason">The dispute's <c>reason</c>.</param>
/// <param name="IsInquiry">It begins with a question and moves no money.</param>
internal sealed record DisputeToCome(string Reason, bool IsInquiry = false, int Count = 1);

/// <summary>One of Stripe's test cards and what it does.</summary>
/// <param name="Name">As in <c>pm_card_visa</c> and <c>tok_visa</c>.</param>
internal sealed record TestCard(string Number, string Name)
{
    public string Brand { get; init; } = "visa";

    public string Funding { get; init; } = "credit";

    public string Country { get; init; } = "US";

    public Authentication Authentication { get; init; }

    /// <summary>The bank's refusal of each charge.</summary>
    public Decline? Decline { get; init; }

    /// <summary>Declined only when a CVC was sent.</summary>
    public bool DeclinesByCvc { get; init; }

    /// <summary>It can be kept for a customer. What a bank declines cannot, but for the card for dunning.</summary>
    public bool CanBeKept { get; init; } = true;

    public DisputeToCome? Dispute { get; init; }

    /// <summary>Its refunds stay pending before they succeed.</summary>
    public bool RefundsWait { get; init; }

    /// <summary>Its refunds succeed and fail later.</summary>
    public bool RefundsFail { get; init; }

    /// <summary>Its money is available at once.</summary>
    public bool BypassesPending { get; init; }

    public bool WarnsOfFraud { get; init; }

    public string RiskLevel { get; init; } = "normal";

    public string CvcCheck { get; init; } = "pass";

    public string? Line1Check { get; init; }

    public string? PostalCheck { get; init; }

    public string Last4 => Number[^4..];

    /// <summary>What the bank says to a charge of this payment method.</summary>
    public Decline? DeclineOf(StripeObject method) =>
        DeclinesByCvc && !method.Hidden.Flag("with_cvc") ? null : Decline;

    /// <param name="isWanted">The seller asked for 3-D Secure though the bank does not.</param>
    public bool AsksForCustomer(bool offSession, bool isSetUp, bool isWanted) => Authentication switch
    {
        Authentication.Always => true,
        Authentication.UnlessSetUp => !offSession || !isSetUp,
        Authentication.OnSession => !offSession,
        Authentication.Optional => isWanted && !offSession,
        _ => false,
    };
}
