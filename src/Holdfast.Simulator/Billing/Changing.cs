using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>How a subscription changes: https://docs.stripe.com/billing/subscriptions/change.</summary>
internal static class Changing
{
    public static void Apply(Operation operation, StripeObject subscription, ChangeTerms change)
    {
        CheckState(subscription, change);
        var place = operation.Place;
        var (old, wasTrialing) = (subscription.Body.Copy(), subscription.Status is "trialing");
        operation.Update(subscription, change.Write);
        if (change.Discounts is { } discounts)
        {
            Discounts.Replace(operation, discounts, Customer(operation, subscription), subscription);
        }

        ReplaceItems(operation, subscription, change.Items);
        var restarts = change.EndsTrial || change.Restarts || change.TrialEnd is not null
            || (!wasTrialing && IsNewRhythm(old, subscription.Body));
        if (change.ProrationBehavior is not "none" && !wasTrialing)
        {
            Prorate(operation, subscription, old, change.ProrationDate ?? operation.Now(subscription), restarts);
        }

        if (restarts)
        {
            Restart(operation, subscription, change, wasTrialing);
        }

        var invoice = InvoiceNow(operation, subscription, change, restarts, wasTrialing);
        if (subscription.Body.Flag("cancel_at_period_end"))
        {
            operation.Update(subscription, body => body["cancel_at"] = Subscriptions.PeriodOf(subscription).End);
        }

        Renewal.Plan(operation, subscription);
        Pausing.PlanCollection(operation, subscription);
        operation.TellAt(place, "customer.subscription.updated", subscription);
        if (change.TrialEnd is not null)
        {
            Renewal.NoticeShortTrial(operation, subscription);
        }
        else if (change.EndsTrial && wasTrialing)
        {
            Renewal.NoticeEndedTrial(operation, subscription, old.Number("trial_end") ?? 0);
        }

        Pay(operation, subscription, invoice, change);
    }

    private static void CheckState(StripeObject subscription, ChangeTerms change)
    {
        var isDeep = change.Items.Count > 0 || change.Restarts || change.EndsTrial || change.TrialEnd is not null;
        if (Subscriptions.IsOver(subscription))
        {
            throw Ending.OnlyNotes();
        }

        if (isDeep && subscription.Status is "incomplete" or "paused")
        {
            throw ApiError.State($"You cannot change items or trial of a subscription that is {subscription.Status}.");
        }
    }

    private static StripeObject Customer(Operation operation, StripeObject subscription) =>
        operation.World.Find(Objects.Customers.Type, subscription.Text("customer"))!;

    private static void ReplaceItems(Operation operation, StripeObject subscription, IReadOnlyList<ItemChange> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        var period = Subscriptions.PeriodOf(subscription);
        operation.Update(subscription, body =>
        {
            var items = body.Items("items");
            foreach (var change in changes)
            {
                if (change.Id is null)
                {
                    items.Add(NewItem(operation.World, subscription, change, period));
                }
                else
                {
                    ChangeItem(items, change);
                }
            }
        });
        JsonObject[] prices = [.. subscription.Body.Objects("items").Select(item => item.Child("price")!)];
        if (prices.Length == 0)
        {
            throw ApiError.State(
                "A subscription must have at least one active plan. Cancel it instead.", param: "items");
        }

        if (prices.Select(price => price.Text("id")).Distinct().Count() < prices.Length)
        {
            throw ApiError.State("Cannot add multiple subscription items with the same plan.", param: "items");
        }

        Subscribing.CheckTogether(prices);
    }

    private static JsonObject NewItem(
        World world, StripeObject subscription, ItemChange change, (long Start, long End) period)
    {
        var price = change.Price ?? throw ApiError.Missing("items[0][price]");
        var item = SubscriptionItems.Make(world, subscription, new ItemTerms(price, change.Quantity ?? 1), period);
        change.Write?.Invoke(item);
        return item;
    }

    private static void ChangeItem(JsonArray items, ItemChange change)
    {
        var item = items.OfType<JsonObject>().FirstOrDefault(one => one.Text("id") == change.Id)
            ?? throw ApiError.NotFound(SubscriptionItems.Type, change.Id!, "items[0][id]");
        if (change.IsDeleted)
        {
            items.Remove(item);
            return;
        }

        if (change.Price is { } price)
        {
            SubscriptionItems.SetPrice(item, price.Body);
        }

        item["quantity"] = change.Quantity ?? item.Number("quantity");
        change.Write?.Invoke(item);
    }

    /// <summary>Another interval, or from free to paid and back: a new period begins at once.</summary>
    private static bool IsNewRhythm(JsonObject old, JsonObject body)
    {
        var (before, now) = (old.Objects("items").First(), body.Objects("items").First());
        return !Cycle.Same(before.Child("price")!, now.Child("price")!) || IsFree(old) != IsFree(body);
    }

    private static bool IsFree(JsonObject body) =>
        body.Objects("items").All(item => Money.UnitOf(item.Child("price")!) == 0);

    private static void Prorate(Operation operation, StripeObject subscription, JsonObject old, long at, bool restarts)
    {
        var now = subscription.Body.Objects("items").ToDictionary(item => item.Text("id")!);
        foreach (var item in old.Objects("items"))
        {
            var kept = now.GetValueOrDefault(item.Text("id")!);
            if (restarts || kept is null || IsOther(item, kept))
            {
                Proration.Credit(operation, subscription, item, at);
                if (kept is not null && !restarts)
                {
                    Proration.Debit(operation, subscription, kept, at);
                }
            }
        }

        var before = old.Objects("items").Select(item => item.Text("id")).ToHashSet();
        foreach (var added in now.Values.Where(item => !restarts && !before.Contains(item.Text("id"))).ToArray())
        {
            Proration.Debit(operation, subscription, added, at);
        }
    }

    private static bool IsOther(JsonObject item, JsonObject kept) =>
        item.Text("price.id") != kept.Text("price.id") || item.Number("quantity") != kept.Number("quantity");

    /// <summary>A new period from now on, or a trial.</summary>
    private static void Restart(Operation operation, StripeObject subscription, ChangeTerms change, bool wasTrialing)
    {
        var now = operation.Now(subscription);
        var start = wasTrialing ? Subscriptions.PeriodOf(subscription).Start : now;
        operation.Update(subscription, body =>
        {
            body["billing_cycle_anchor"] = change.TrialEnd ?? now;
            if (change.TrialEnd is { } end)
            {
                body["status"] = "trialing";
                body["trial_start"] = wasTrialing ? body.Number("trial_start") : now;
                body["trial_end"] = end;
                foreach (var item in body.Objects("items"))
                {
                    SubscriptionItems.SetPeriod(item, (start, end));
                }
            }
            else if (wasTrialing)
            {
                body["trial_end"] = now;
            }
        });
        if (change.TrialEnd is null)
        {
            Renewal.Move(operation, subscription, now);
        }
    }

    private static StripeObject? InvoiceNow(
        Operation operation, StripeObject subscription, ChangeTerms change, bool restarts, bool wasTrialing)
    {
        var isLonger = wasTrialing && change.TrialEnd is not null;
        if (isLonger || !(restarts || (change.ProrationBehavior is "always_invoice"
            && Proration.IsPending(operation.World, subscription))))
        {
            return null;
        }

        var terms = PeriodLines.Invoice(operation, subscription, "subscription_update",
            restarts ? PeriodLines.Of(operation.World, subscription) : []);
        return Drafting.Draft(operation, terms);
    }

    private static void Pay(Operation operation, StripeObject subscription, StripeObject? invoice, ChangeTerms change)
    {
        if (invoice is null)
        {
            return;
        }

        Settlement.Finalize(operation, invoice);
        if (invoice.Status is "open" && change.PaymentBehavior is "default_incomplete"
            && invoice.Text("collection_method") is "charge_automatically")
        {
            Standing.InvoiceFailed(operation, invoice);
            return;
        }

        Collection.Advance(operation, invoice, change.OffSession);
        if (invoice.Status is "open" && change.PaymentBehavior is "error_if_incomplete"
            && invoice.Text("collection_method") is "charge_automatically")
        {
            throw Subscribing.Unpaid(operation, invoice, change.Call);
        }
    }
}
