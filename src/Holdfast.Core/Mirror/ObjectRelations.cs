using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror;

/// <summary>
/// What the mirror notes beside the body of every object, whether or not a reader stands for its type.
/// </summary>
internal static class ObjectRelations
{
    /// <summary>The Stripe customer it belongs to; a customer belongs to itself.</summary>
    /// <param name="objectType">Stripe's <c>object</c> value, such as <c>payment_intent</c>.</param>
    /// <param name="body">The object as Stripe wrote it, in any API version.</param>
    public static string? CustomerOf(string objectType, JsonElement body) =>
        objectType is "customer" ? body.Text("id") : body.Id("customer");

    /// <summary>Stripe's own word, also where it was renamed later: the readers give the word of today.</summary>
    public static string? StatusOf(JsonElement body) => body.Text("status");

    /// <summary>
    /// The id of the object it hangs on; null where it hangs on none, or its API version does not tell.
    /// </summary>
    /// <param name="objectType">Stripe's <c>object</c> value, such as <c>payment_intent</c>.</param>
    /// <param name="body">The object as Stripe wrote it, in any API version.</param>
    public static string? ParentOf(string objectType, JsonElement body) => objectType switch
    {
        // The subscription is under parent since 2025-03-31.basil.
        "invoice" => body.Id("parent", "subscription_details", "subscription") ?? body.Id("subscription"),
        "invoice_payment" => body.Id("invoice"),
        // Gone since 2025-03-31.basil, where the invoice payment names both.
        "payment_intent" => body.Id("invoice"),
        "charge" => body.Id("payment_intent"),
        "refund" or "dispute" => body.Id("charge"),
        "price" => body.Id("product"),
        "checkout.session" => body.Id("subscription") ?? body.Id("payment_intent") ?? body.Id("setup_intent"),
        _ => null,
    };

    /// <summary>No status follows on this one, so an observation with another status is an older one.</summary>
    /// <remarks>
    /// A setup intent has none here: Stripe's pages name no status of its that is the last, no money hangs on it, and
    /// to hold on to a wrong status is worse than to let the newer observation win.
    /// https://docs.stripe.com/payments/paymentintents/lifecycle,
    /// https://docs.stripe.com/invoicing/integration/workflow-transitions
    /// </remarks>
    public static bool IsAbsorbing(string objectType, string? status) =>
        IsFinal(objectType, status) || (objectType, status) is ("invoice", "paid" or "void");

    /// <summary>As <see cref="IsAbsorbing"/>, and not even an answer of Stripe's is believed that says otherwise.</summary>
    public static bool IsFinal(string objectType, string? status) => (objectType, status) switch
    {
        ("subscription", "canceled" or "incomplete_expired") => true,
        ("payment_intent", "succeeded" or "canceled") => true,
        _ => false,
    };
}
