using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Payments;

/// <summary>A charge's <c>outcome</c>: who let it through or refused it, and how risky it looked.</summary>
internal static class Outcomes
{
    private const long UsualRisk = 32;
    private const long ElevatedRisk = 70;
    private const long HighestRisk = 90;

    public static JsonObject Of(TestCard card, Decline? decline)
    {
        var outcome = decline switch
        {
            null => Make("authorized", "approved_by_network", null, "Payment complete.", null),
            { IsBlocked: true } => Make("blocked", "not_sent_to_network", "highest_risk_level",
                "Stripe blocked this payment as too risky.", null),
            _ => Make("issuer_declined", "declined_by_network", decline.Reason ?? decline.Code,
                "The bank did not say why it declined, or only what the reason names.", decline.Advice),
        };
        if (decline is null && card.RiskLevel is "elevated")
        {
            outcome["reason"] = "elevated_risk_level";
            outcome["type"] = "manual_review";
        }

        outcome["risk_level"] = card.RiskLevel;
        outcome["risk_score"] = card.RiskLevel switch
        {
            "highest" => HighestRisk,
            "elevated" => ElevatedRisk,
            _ => UsualRisk,
        };
        return outcome;
    }

    /// <summary>Of a bank debit, which is not assessed as a card is.</summary>
    public static JsonObject OfDebit()
    {
        var outcome = Make("authorized", "approved_by_network", null, "Payment complete.", null);
        outcome["risk_level"] = "not_assessed";
        return outcome;
    }

    private static JsonObject Make(string type, string network, string? reason, string message, string? advice) => new()
    {
        ["advice_code"] = advice,
        ["network_advice_code"] = null,
        ["network_decline_code"] = null,
        ["network_status"] = network,
        ["reason"] = reason,
        ["seller_message"] = message,
        ["type"] = type,
    };
}
