using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Money set aside on a card until it is captured, let go, or a week is over.
/// https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
/// </summary>
internal static class Hold
{
    private const string Ends = "payment_intent.hold_ends";
    private const string EndsOfCharge = "charge.hold_ends";
    private const long Seconds = 7 * 24 * 60 * 60;

    public static void Map(Catalog catalog)
    {
        catalog.When(Ends, (operation, intent) => PaymentIntents.Cancel(operation, intent, "automatic"));
        catalog.When(EndsOfCharge, (operation, charge) =>
        {
            if (!charge.Body.Flag("captured") && !charge.Body.Flag("refunded"))
            {
                LetGo(operation, charge, "charge.expired");
            }
        });
    }

    public static void Begin(Operation operation, StripeObject intent, StripeObject charge)
    {
        operation.Update(intent, body =>
        {
            body["status"] = "requires_capture";
            body["amount_capturable"] = intent.Number("amount");
            body["latest_charge"] = charge.Id;
        });
        operation.Tell("payment_intent.amount_capturable_updated", intent);
        operation.Plan(operation.Now(intent) + Seconds, Ends, intent);
    }

    /// <summary>Of a charge that was made without an intent.</summary>
    public static void Begin(Operation operation, StripeObject charge) =>
        operation.Plan(operation.Now(charge) + Seconds, EndsOfCharge, charge);

    /// <summary>Takes the money; what is left of it goes back.</summary>
    public static void Capture(Operation operation, StripeObject intent, long amount)
    {
        operation.Unplan(Ends, intent);
        Charges.Capture(operation, Attempt.ChargeOf(operation, intent), amount, Attempt.SettlesLater(intent));
        AttemptEnd.Succeed(operation, intent, amount);
        operation.World.Catalog.Settled(operation, intent);
    }

    /// <summary>Lets the money go, if there is any, as the intent is canceled.</summary>
    public static void Release(Operation operation, StripeObject intent)
    {
        operation.Unplan(Ends, intent);
        if (intent.Status is "requires_capture")
        {
            var ranOut = operation.Cause == OperationCause.Time;
            LetGo(operation, Attempt.ChargeOf(operation, intent), ranOut ? "charge.expired" : "charge.refunded");
        }
    }

    private static void LetGo(Operation operation, StripeObject charge, string told)
    {
        operation.Update(charge, body =>
        {
            body["amount_refunded"] = charge.Number("amount");
            body["refunded"] = true;
        });
        operation.Tell(told, charge);
    }
}
