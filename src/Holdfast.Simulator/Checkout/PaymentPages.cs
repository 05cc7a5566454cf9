using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>
/// The customer at the page: by the simulator's own route, or by the private one of Stripe's page, which Stripe's CLI
/// uses to complete a session.
/// </summary>
internal static class PaymentPages
{
    private const string DefaultMethod = "pm_card_visa";

    public static void Map(Catalog catalog)
    {
        catalog.Post("/_simulator/checkout/sessions/{session}/complete", Complete);
        catalog.Open("GET", "/v1/payment_pages/{session}", call => Page(CheckoutApi.Named(call)));
        catalog.Open("POST", "/v1/payment_pages/{session}/confirm", Confirm);
    }

    private static Answer Complete(Call call)
    {
        var session = CheckoutApi.Named(call);
        if (call.Params.Text("promotion_code") is { Length: > 0 } code)
        {
            SessionDiscounts.Type(call.Operation, session, code);
        }

        var method = call.Params.Text("payment_method") ?? (NeedsNone(session) ? null : DefaultMethod);
        Submission.Take(call, session, method, call.Params.Text("email"));
        return Answer.Of(session);
    }

    private static Answer Confirm(Call call)
    {
        var session = CheckoutApi.Named(call);
        var expected = call.Params.Integer("expected_amount");
        if (expected is not null && expected != session.Number("amount_total"))
        {
            throw ApiError.State(
                $"The amount of the session is {session.Number("amount_total")}, not {expected}.",
                "checkout_amount_mismatch", "expected_amount");
        }

        var method = NeedsNone(session)
            ? call.Params.Text("payment_method") : call.Params.Required("payment_method");
        Submission.Take(call, session, method, null);
        return Page(session);
    }

    private static bool NeedsNone(StripeObject session) => session.Body.Number("amount_total") is 0
        && session.Text("payment_method_collection") is "if_required";

    private static Answer.Plain Page(StripeObject session) => new(new JsonObject
    {
        ["id"] = $"ppage_{session.Id["cs_test_".Length..]}",
        ["object"] = "checkout.session",
        ["mode"] = session.Text("mode"),
        ["payment_status"] = session.Text("payment_status"),
        ["session_id"] = session.Id,
        ["status"] = session.Status,
        ["total_summary"] = new JsonObject { ["due"] = session.Number("amount_total") },
    });
}
