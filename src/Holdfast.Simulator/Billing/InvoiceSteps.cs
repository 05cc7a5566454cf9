using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>The steps an invoice takes when told to. https://docs.stripe.com/api/invoices/pay and its neighbours</summary>
internal static class InvoiceSteps
{
    public static void Map(Catalog catalog)
    {
        catalog.Post("/v1/invoices/{invoice}/finalize", Finalize);
        catalog.Post("/v1/invoices/{invoice}/pay", Pay);
        catalog.Post("/v1/invoices/{invoice}/send", Send);
        catalog.Post("/v1/invoices/{invoice}/void", call =>
            Step(call, Settlement.Void, "voided", "open", "uncollectible"));
        catalog.Post("/v1/invoices/{invoice}/mark_uncollectible", call =>
            Step(call, (operation, invoice) => Settlement.GiveUp(operation, invoice, "user_forgiven"),
                "marked as uncollectible", "open"));
    }

    private static Answer Finalize(Call call)
    {
        var invoice = Draft(call, "This invoice is already finalized, you can't re-finalize a non-draft invoice.");
        if (call.Params.Flag("auto_advance") is { } advances)
        {
            call.Operation.Update(invoice, body => body["auto_advance"] = advances);
        }

        Settlement.Finalize(call.Operation, invoice);
        if (invoice.Body.Flag("auto_advance")
            && Invoices.SubscriptionOf(call.World, invoice) is not { Status: "incomplete" })
        {
            Collection.Advance(call.Operation, invoice);
        }

        call.Operation.Tell("customer.updated", Invoices.CustomerOf(call.World, invoice));

        return Answer.Of(invoice);
    }

    private static Answer Pay(Call call)
    {
        var invoice = InvoicesApi.Named(call);
        var customer = Invoices.CustomerOf(call.World, invoice);
        var outOfBand = call.Params.Flag("paid_out_of_band") is true;
        var offSession = call.Params.Flag("off_session") ?? true;
        var given = call.Params.Text("payment_method") is { Length: > 0 } id
            ? PaymentMethods.OfCustomer(call.Operation, customer, id, "payment_method") : null;
        if (invoice.Status is "draft")
        {
            Settlement.Finalize(call.Operation, invoice);
            call.Operation.Tell("customer.updated", customer);
            if (invoice.Status is "paid")
            {
                return Answer.Of(invoice);
            }
        }

        if (invoice.Status is not ("open" or "uncollectible"))
        {
            throw ApiError.State($"Invoice is already {invoice.Status}.", "invoice_not_editable");
        }

        RefuseInProcess(call, invoice, "paid");
        if (outOfBand)
        {
            Settlement.CancelIntent(call.Operation, invoice, "void_invoice");
            Settlement.Paid(call.Operation, invoice, null, outOfBand: true);
            return Answer.Of(invoice);
        }

        var method = given ?? Collection.MethodFor(call.World, invoice) ?? throw ApiError.State(
            "There is no default_payment_method set on this Customer or Invoice. Set one, or give a payment_method.",
            "resource_missing");
        Collection.Try(call.Operation, invoice, method, offSession);
        RefuseUnpaid(call, invoice);
        return Answer.Of(invoice);
    }

    /// <summary>The try stands, and the caller hears how it ended.</summary>
    private static void RefuseUnpaid(Call call, StripeObject invoice)
    {
        if (Invoices.IntentOf(call.World, invoice) is not { Status: not ("succeeded" or "processing") } intent)
        {
            return;
        }

        if (intent.Body.Child("last_payment_error") is not null)
        {
            throw Refusals.Of(call, intent, "last_payment_error");
        }

        call.Params.RefuseUnread();
        throw new ApiError(402, Refusals.CardError,
            "This payment requires additional user action before it can be completed.",
            "invoice_payment_intent_requires_action")
        {
            KeepsChanges = true,
            More = new JsonObject
            {
                ["payment_intent"] = Rendering.Render(call.World, intent.Body, call.Version, Expansion.None),
            },
        };
    }

    private static Answer Send(Call call)
    {
        var invoice = InvoicesApi.Named(call);
        if (invoice.Status is "draft")
        {
            Settlement.Finalize(call.Operation, invoice);
            call.Operation.Tell("customer.updated", Invoices.CustomerOf(call.World, invoice));
        }

        if (invoice.Status is not ("open" or "paid"))
        {
            throw ApiError.State($"You cannot send an invoice that is {invoice.Status}.", "invoice_not_editable");
        }

        call.Operation.Tell("invoice.sent", invoice);
        return Answer.Of(invoice);
    }

    /// <summary>A debit under way may still pay it: whoever paid again meanwhile would be charged twice.</summary>
    private static void RefuseInProcess(Call call, StripeObject invoice, string what)
    {
        if (Invoices.IntentOf(call.World, invoice) is { Status: "processing" })
        {
            throw ApiError.State($"A payment of this invoice is being processed; it cannot be {what} until it has ended.",
                "payment_intent_unexpected_state");
        }
    }

    private static Answer Step(
        Call call, Action<Operation, StripeObject> step, string what, params ReadOnlySpan<string> from)
    {
        var invoice = InvoicesApi.Named(call);
        if (!from.Contains(invoice.Status!))
        {
            throw ApiError.State($"An invoice that is {invoice.Status} cannot be {what}.", "status_transition_invalid");
        }

        RefuseInProcess(call, invoice, what);
        step(call.Operation, invoice);
        return Answer.Of(invoice);
    }

    private static StripeObject Draft(Call call, string otherwise)
    {
        var invoice = InvoicesApi.Named(call);
        return invoice.Status is "draft" ? invoice : throw ApiError.State(otherwise, "invoice_not_editable");
    }
}
