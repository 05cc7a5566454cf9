using System.Text.Json.Nodes;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// How an invoice gets its money: finalized, tried, tried again. What comes of each try, the payment intent tells.
/// https://docs.stripe.com/invoicing/integration/workflow-transitions
/// </summary>
internal static class Collection
{
    public const string Finalize = "invoice.finalize";
    public const string Retry = "invoice.retry";
    public const string NearDue = "invoice.near_due";
    public const string FallDue = "invoice.fall_due";

    private const long Day = 24 * 60 * 60;

    /// <summary>So long Stripe waits for every endpoint to have heard of a draft; then it goes on.</summary>
    private const long LongestWait = 72 * 60 * 60;

    /// <summary>The bank has said never: a retry is counted, and made only with another method.</summary>
    private static readonly string[] HardDeclines =
    [
        "authentication_required", "highest_risk_level", "incorrect_number", "lost_card", "pickup_card",
        "revocation_of_all_authorizations", "revocation_of_authorization", "stolen_card", "transaction_not_allowed",
    ];

    public static void Map(Catalog catalog)
    {
        catalog.When(Finalize, FinalizeInTime);
        catalog.When(Retry, TryAgain);
        catalog.When(NearDue, Settlement.NearDue);
        catalog.When(FallDue, Settlement.Overdue);
        catalog.WhenSettled(Hear);
    }

    /// <summary>
    /// The next step for an invoice just finalized: it is sent, or its first payment tried. What all that changed of the
    /// customer is told last.
    /// </summary>
    public static void Advance(Operation operation, StripeObject invoice, bool offSession = true)
    {
        if (invoice.Status is "open")
        {
            Step(operation, invoice, offSession);
        }

        operation.Tell("customer.updated", Invoices.CustomerOf(operation.World, invoice));
    }

    private static void Step(Operation operation, StripeObject invoice, bool offSession)
    {
        switch (Invoices.SubscriptionOf(operation.World, invoice)?.Text("pause_collection.behavior"))
        {
            case "void":
                Settlement.Void(operation, invoice);
                return;
            case "mark_uncollectible":
                Settlement.GiveUp(operation, invoice, "subscription_paused");
                return;
        }

        if (invoice.Text("collection_method") is "send_invoice")
        {
            operation.Tell("invoice.sent", invoice);
        }
        else
        {
            TryByItself(operation, invoice, offSession);
        }
    }

    /// <summary>One try, which Stripe counts and follows by others.</summary>
    public static void TryByItself(Operation operation, StripeObject invoice, bool offSession = true)
    {
        Count(operation, invoice);
        Try(operation, invoice, MethodFor(operation.World, invoice), offSession);
        EndOfTries(operation, invoice);
    }

    /// <summary>One try with a payment method; what follows is done when it has settled.</summary>
    public static void Try(Operation operation, StripeObject invoice, StripeObject? method, bool offSession)
    {
        if (method is null || Invoices.IntentOf(operation.World, invoice) is not { } intent)
        {
            Settlement.Failed(operation, invoice, null);
            return;
        }

        operation.Update(intent, body => body["payment_method"] = method.Id);
        PaymentIntents.Confirm(operation, intent, offSession);
    }

    /// <summary>
    /// From the nearest to the farthest, and only what is still the customer's.
    /// https://docs.stripe.com/billing/collection-method
    /// </summary>
    public static StripeObject? MethodFor(World world, StripeObject invoice)
    {
        var subscription = Invoices.SubscriptionOf(world, invoice);
        var customer = world.Find(Customers.Type, invoice.Text("customer"));
        string?[] ids =
        [
            invoice.Text("default_payment_method"), subscription?.Text("default_payment_method"),
            customer?.Text("invoice_settings.default_payment_method"), customer?.Text("default_source"),
        ];
        return ids.OfType<string>().Select(world.Find)
            .FirstOrDefault(method => method is not null && method.Text("customer") == customer?.Id);
    }

    private static void FinalizeInTime(Operation operation, StripeObject invoice)
    {
        if (invoice.Status is not "draft" || !invoice.Body.Flag("auto_advance"))
        {
            return;
        }

        var now = operation.Now(invoice);
        if (invoice.Clock is null && now < invoice.Number("created") + LongestWait
            && IsUnheard(operation.World, invoice))
        {
            operation.Plan(now + Drafting.WaitSeconds, Finalize, invoice);
            operation.Update(invoice, body => body["automatically_finalizes_at"] = now + Drafting.WaitSeconds);
            return;
        }

        Settlement.Finalize(operation, invoice);
        Advance(operation, invoice);
    }

    private static bool IsUnheard(World world, StripeObject invoice) => world.Events.About(invoice.Id)
        .Any(told => told.Type is "invoice.created"
            && told.Pending.Any(id => Endpoint.Find(world, id) is { IsEnabled: true }));

    private static void TryAgain(Operation operation, StripeObject invoice)
    {
        var intent = Invoices.IntentOf(operation.World, invoice);
        if (invoice.Status is not "open" || !invoice.Body.Flag("auto_advance") || intent is null)
        {
            return;
        }

        if (intent.Status is "processing")
        {
            operation.Plan(operation.Now(invoice) + Day, Retry, invoice);
            return;
        }

        var method = MethodFor(operation.World, invoice);
        if (method is null || (intent.Hidden.Text("declined_for_good") is { } hopeless && hopeless == method.Id))
        {
            Count(operation, invoice);
            operation.Tell("invoice.updated", invoice);
            EndOfTries(operation, invoice);
        }
        else
        {
            TryByItself(operation, invoice);
        }
    }

    /// <summary>Counts a try before it is made, and plans the one after it.</summary>
    private static void Count(Operation operation, StripeObject invoice)
    {
        var made = invoice.Number("attempt_count") + 1;
        var next = NextTry(operation, invoice, made);
        operation.Unplan(Retry, invoice);
        operation.Update(invoice, body =>
        {
            body["attempt_count"] = made;
            body["attempted"] = true;
            body["next_payment_attempt"] = next;
        });
        if (next is { } at)
        {
            operation.Plan(at, Retry, invoice);
        }
    }

    /// <summary>Only what a running subscription owes is tried again.</summary>
    private static long? NextTry(Operation operation, StripeObject invoice, long made)
    {
        var gaps = operation.World.Billing.RetryAfterDays;
        var status = Invoices.SubscriptionOf(operation.World, invoice)?.Status;
        return status is not (null or "incomplete" or "incomplete_expired" or "canceled" or "paused")
            && invoice.Text("billing_reason") is not "manual" && made <= gaps.Count
            ? operation.Now(invoice) + (gaps[(int)made - 1] * Day)
            : null;
    }

    /// <summary>When no try is left, the account's setting says what becomes of the subscription.</summary>
    private static void EndOfTries(Operation operation, StripeObject invoice)
    {
        if (invoice.Status is not "open" || invoice.Body.Number("next_payment_attempt") is not null
            || invoice.Text("billing_reason") is "manual"
            || Invoices.IntentOf(operation.World, invoice)?.Status is "processing"
            || Invoices.SubscriptionOf(operation.World, invoice) is not { Status: "past_due" } subscription)
        {
            return;
        }

        operation.Update(invoice, body => body["auto_advance"] = false);
        operation.Tell("invoice.updated", invoice);
        Ending.OfTries(operation, subscription);
    }

    /// <summary>A payment intent has ended an attempt: of ours, or of the customer who confirmed it.</summary>
    private static void Hear(Operation operation, StripeObject intent)
    {
        if (operation.World.Find(Invoices.Type, intent.Hidden.Text("invoice"))
            is not { Status: "open" or "uncollectible" } invoice)
        {
            return;
        }

        switch (intent.Status)
        {
            case "succeeded":
                Settlement.Paid(operation, invoice, intent);
                break;
            case "requires_action":
                Settlement.Failed(operation, invoice, intent);
                break;
            case "requires_payment_method" when intent.Body.Child("last_payment_error") is { } error:
                RememberHopeless(operation, intent, error);
                Settlement.Failed(operation, invoice, intent);
                break;
            case "processing":
                operation.Update(invoice, body => body["attempted"] = true);
                operation.Tell("invoice.updated", invoice);
                break;
        }
    }

    private static void RememberHopeless(Operation operation, StripeObject intent, JsonObject error)
    {
        var hard = HardDeclines.Contains(error.Text("decline_code") ?? error.Text("code"));
        operation.UpdateHidden(intent, hidden =>
            hidden["declined_for_good"] = hard ? error.Text("payment_method.id") ?? error.Text("source.id") : null);
    }
}
