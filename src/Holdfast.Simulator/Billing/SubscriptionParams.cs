using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>Reads what a call says about a subscription.</summary>
internal static class SubscriptionParams
{
    private const long Day = 24 * 60 * 60;

    public static SubscriptionTerms TermsOf(Call call)
    {
        var asked = call.Params;
        asked.Required("customer");
        var customer = call.Given(Customers.Type, "customer")!;
        var now = call.Operation.Now(customer);
        ItemTerms[] items = [.. asked.Children("items").Select(item => TermsOf(call, item))];
        var anchor = asked.Integer("billing_cycle_anchor");
        if (anchor < now)
        {
            throw ApiError.State("billing_cycle_anchor must not be in the past.", param: "billing_cycle_anchor");
        }

        if (anchor is { } later && items.Length > 0 && later > Cycle.Of(now, items[0].Price.Body).Begin(1))
        {
            throw ApiError.State(
                "billing_cycle_anchor cannot be later than next natural billing date.", param: "billing_cycle_anchor");
        }

        return new SubscriptionTerms(customer, items)
        {
            Anchor = anchor,
            CollectionMethod = MethodOfCollection(asked) ?? "charge_automatically",
            DaysUntilDue = DaysOf(asked),
            DefaultMethod = PaymentMethodOf(call, customer),
            Discounts = Discounts.Asked(call, asked),
            FirstInvoice = [.. asked.Children("add_invoice_items").Select(item => TermsOf(call, item))],
            MissingMethod = MissingMethodOf(asked) ?? "create_invoice",
            More = new JsonObject { ["billing_mode"] = ModeOf(call, asked) },
            OffSession = asked.Flag("off_session") is true,
            PaymentBehavior = BehaviorOf(asked),
            ProrationBehavior = ProrationOf(asked),
            TrialEnd = TrialOf(asked, now, items),
            Write = body => WriteCommon(asked, body, now),
        };
    }

    private static ItemTerms TermsOf(Call call, Params asked)
    {
        var price = PriceOf(call, asked) ?? throw ApiError.Missing(asked.PathOf("price"));
        var held = new JsonObject();
        asked.SetMetadata(held);
        return new ItemTerms(price, QuantityOf(asked) ?? 1) { Metadata = held.Child("metadata") };
    }

    public static StripeObject? PriceOf(Call call, Params asked) =>
        asked.Child("price_data") is { } terms ? Prices.Make(call, terms, null)
        : call.Given(Prices.Type, asked, "price") ?? call.Given(Prices.Type, asked, "plan");

    public static long? QuantityOf(Params asked) => asked.Integer("quantity") switch
    {
        < 0 => throw ApiError.Invalid(
            asked.PathOf("quantity"), "Invalid non-negative integer", "parameter_invalid_integer"),
        var quantity => quantity,
    };

    private static long? TrialOf(Params asked, long now, ItemTerms[] items)
    {
        var (days, end) = (asked.Integer("trial_period_days"), asked.Text("trial_end"));
        if (days is not null && end is { Length: > 0 })
        {
            throw ApiError.Exclusive("trial_period_days", "trial_end");
        }

        if (end is { Length: > 0 } and not "now")
        {
            return Future(asked.Integer("trial_end"), now, "trial_end");
        }

        if (asked.Flag("trial_from_plan") is true && days is null && items.Length > 0)
        {
            days = items[0].Price.Body.Number("recurring.trial_period_days");
        }

        return days switch
        {
            null or 0 => null,
            < 0 or > 730 => throw ApiError.Invalid("trial_period_days", "trial_period_days may be 1 to 730."),
            { } some => now + (some * Day),
        };
    }

    public static long? Future(long? at, long now, string param) =>
        at is null || at > now ? at : throw ApiError.State($"{param} must be in the future.", param: param);

    public static string BehaviorOf(Params asked)
    {
        var behavior = asked.OneOf("payment_behavior", "allow_incomplete", "default_incomplete", "error_if_incomplete",
            "pending_if_incomplete") ?? "allow_incomplete";
        return behavior is "pending_if_incomplete"
            ? throw ApiError.Unsupported("payment_behavior=pending_if_incomplete", "payment_behavior")
            : behavior;
    }

    public static string ProrationOf(Params asked) =>
        asked.OneOf("proration_behavior", "always_invoice", "create_prorations", "none") ?? "create_prorations";

    public static string? MethodOfCollection(Params asked) =>
        asked.OneOf("collection_method", "charge_automatically", "send_invoice");

    public static long? DaysOf(Params asked)
    {
        var days = asked.Integer("days_until_due");
        return days is null && asked.Text("collection_method") is "send_invoice"
            ? throw ApiError.Missing("days_until_due")
            : days;
    }

    public static string? MissingMethodOf(Params asked) => asked.Child("trial_settings")?.Child("end_behavior")
        ?.OneOf("missing_payment_method", "cancel", "create_invoice", "pause");

    public static StripeObject? PaymentMethodOf(Call call, StripeObject customer) =>
        call.Params.Text("default_payment_method") is { Length: > 0 } id
            ? PaymentMethods.OfCustomer(call.Operation, customer, id, "default_payment_method") : null;

    /// <summary>Since clover flexible is what a new subscription gets unless it asks for classic.</summary>
    public static JsonObject ModeOf(Call call, Params? given)
    {
        var asked = given?.Child("billing_mode");
        asked?.Required("type");
        var mode = asked?.OneOf("type", "classic", "flexible")
            ?? (call.Version >= ApiVersion.Clover ? "flexible" : "classic");
        var discounts = asked?.Child("flexible")?.OneOf("proration_discounts", "included", "itemized");
        return new JsonObject
        {
            ["flexible"] = mode is "classic" ? null
                : new JsonObject { ["proration_discounts"] = discounts ?? "included" },
            ["type"] = mode,
        };
    }

    /// <summary>What a new and a changed subscription read alike.</summary>
    public static void WriteCommon(Params asked, JsonObject body, long now)
    {
        asked.Set(body, "description");
        asked.SetMetadata(body);
        WriteEnd(asked, body, now);
        if (asked.Child("automatic_tax")?.Flag("enabled") is true)
        {
            throw ApiError.Unsupported("automatic tax", "automatic_tax");
        }

        if (asked.Child("payment_settings") is { } settings)
        {
            var types = MethodTypes.KnownOnly(settings, "payment_method_types");
            body["payment_settings"] = new JsonObject
            {
                ["payment_method_options"] = null,
                ["payment_method_types"] = types.Count == 0 ? null
                    : new JsonArray([.. types.Select(type => JsonValue.Create(type))]),
                ["save_default_payment_method"] =
                    settings.OneOf("save_default_payment_method", "off", "on_subscription") ?? "off",
            };
        }
    }

    /// <summary>When it is to end by itself, or not any more.</summary>
    private static void WriteEnd(Params asked, JsonObject body, long now)
    {
        var (atEnd, at) = (asked.Flag("cancel_at_period_end"), asked.Text("cancel_at"));
        if (atEnd is null && at is null)
        {
            return;
        }

        var moment = Future(asked.Integer("cancel_at"), now, "cancel_at");
        var ends = atEnd is true || moment is not null;
        body["cancel_at_period_end"] = atEnd ?? false;
        body["cancel_at"] = moment;
        body["_cancel_prorates"] = moment is not null && ProrationOf(asked) is not "none";
        body["canceled_at"] = ends ? now : null;
        body.Child("cancellation_details")!["reason"] = ends ? "cancellation_requested" : null;
    }
}
