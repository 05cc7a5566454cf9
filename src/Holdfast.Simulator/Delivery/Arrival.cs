using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Delivery;

/// <summary>
/// How long after the fact an event arrives. Stripe promises no order; what is here is what logs of real accounts show:
/// within a second the order is by luck, with a lean, and some come seconds later.
/// </summary>
internal static class Arrival
{
    /// <summary>Within a second, beside the lean of the type.</summary>
    private const int LuckMilliseconds = 300;

    private const int UsualLean = 200;

    private static readonly Dictionary<string, int> Lean = new()
    {
        ["charge.succeeded"] = 0,
        ["payment_method.attached"] = 100,
        ["customer.created"] = 150,
        ["customer.updated"] = 250,
        ["checkout.session.completed"] = 350,
        ["customer.subscription.created"] = 400,
        ["payment_intent.succeeded"] = 450,
        ["payment_intent.created"] = 500,
        ["invoice.created"] = 600,
        ["invoice.finalized"] = 650,
        ["invoice.paid"] = 680,
        ["invoice.payment_succeeded"] = 690,
        ["charge.updated"] = 2000,
    };

    public static int AfterMilliseconds(World world, string type)
    {
        var chance = world.Chances.For("arrival");
        return type is "invoice_payment.paid" ? 14_000 + chance.Below(6_000)
            : Lean.GetValueOrDefault(type, UsualLean) + chance.Below(LuckMilliseconds);
    }
}
