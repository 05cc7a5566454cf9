using System.Text.Json;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;

namespace Holdfast.Access;

/// <summary>Gathers from the mirror what access is concluded from: the account's subscriptions and what it bought.</summary>
internal sealed class AccessReader(AccountStore accounts, ObjectStore objects, NeedsReader needs)
{
    public async Task<AccessFacts> FactsOfAsync(Session session, Account account)
    {
        var customers = await accounts.CustomersAsync(session, account.Id);
        var rows = await objects.AccessRowsAsync(session, account.StripeAccount, account.Livemode, customers);
        GrantSource[] sources = [.. rows.Select(GrantSource.Of).OfType<GrantSource>()];
        var known = await needs.KnownAsync(
            session, [.. sources.Where(source => source.Checkout is not null || needs.NeedsMetadata)]);
        Bought[] bought = [.. sources.SelectMany(source => Bought.In(source, known.GetValueOrDefault(source.Key)))];
        return new()
        {
            Subscriptions = [.. sources.Select(source => source.Subscription).OfType<Subscription>()],
            Purchases = bought.Length is 0 ? [] : await SettleAsync(session, account, bought),
            Evidence = known.ToDictionary(one => one.Key.Id, one => one.Value.Evidence),
            ActiveFeatures = [.. rows.SelectMany(FeaturesIn)],
        };
    }

    private static IEnumerable<string> FeaturesIn(MirroredObject row)
    {
        if (row.Key.Type is not "entitlements.active_entitlement_summary")
        {
            return [];
        }

        using var json = JsonDocument.Parse(row.Body);
        return ActiveEntitlementSummary.Read(json.RootElement).Entitlements.Select(one => one.LookupKey);
    }

    /// <summary>A purchase stands as long as its money does: the charges tell of refunds, the disputes of those lost.</summary>
    private async Task<List<Purchase>> SettleAsync(Session session, Account account, Bought[] bought)
    {
        string[] invoices = [.. bought.Select(one => one.Invoice).OfType<string>().Distinct()];
        var payments = (await ChildrenAsync(session, account, "invoice_payment", invoices, InvoicePayment.Read))
            .ToLookup(payment => payment.Invoice, payment => payment.PaymentIntent);
        string[] intents =
        [
            .. bought.SelectMany(one => one.Intents(payments)).Distinct(),
        ];
        var charges = (await ChildrenAsync(session, account, "charge", intents, Charge.Read))
            .ToLookup(charge => charge.PaymentIntent);
        string[] charged = [.. charges.SelectMany(group => group).Select(charge => charge.Id)];
        var lost = (await ChildrenAsync(session, account, "dispute", charged, Dispute.Read))
            .Where(dispute => dispute.Status is "lost")
            .Select(dispute => dispute.Charge)
            .ToHashSet();
        return
        [
            .. bought.Select(one =>
            {
                Charge[] paid = [.. one.Intents(payments).SelectMany(intent => charges[intent]).Where(charge => charge.IsPaid)];
                return one.Purchase with
                {
                    IsRefunded = paid.Length > 0 && paid.All(charge => charge.IsRefunded),
                    IsDisputeLost = paid.Any(charge => lost.Contains(charge.Id)),
                };
            }),
        ];
    }

    private async Task<List<T>> ChildrenAsync<T>(
        Session session, Account account, string type, string[] parents, Func<JsonElement, T> read)
    {
        var children = new List<T>();
        foreach (var row in await objects.ChildrenAsync(session, account.StripeAccount, account.Livemode, type, parents))
        {
            using var json = JsonDocument.Parse(row.Body);
            children.Add(read(json.RootElement));
        }

        return children;
    }

    /// <summary>A purchase, and what to follow to see whether its money stayed.</summary>
    private sealed record Bought(Purchase Purchase, string? PaymentIntent, string? Invoice)
    {
        public IEnumerable<string> Intents(ILookup<string, string?> payments) =>
            new[] { PaymentIntent }.Concat(Invoice is null ? [] : payments[Invoice]).OfType<string>();

        public static IEnumerable<Bought> In(GrantSource source, Known? known) => source switch
        {
            { Checkout: { } checkout } => In(checkout, known?.Lines ?? [], source.Row.AsOf),
            { Invoice: { } invoice } => In(invoice, source.Row.AsOf),
            _ => [],
        };

        private static IEnumerable<Bought> In(
            CheckoutSession session, IReadOnlyList<CheckoutLineItem> lines, DateTimeOffset asOf) =>
            lines.Select(item => new Bought(
                new()
                {
                    Source = session.Id,
                    Price = item.Price,
                    Product = item.Product,
                    LookupKey = item.LookupKey,
                    Quantity = item.Quantity,
                    PaidAt = session.CreatedAt ?? asOf,
                },
                session.PaymentIntent,
                session.Invoice));

        private static IEnumerable<Bought> In(Invoice invoice, DateTimeOffset asOf) =>
            invoice.Lines.Where(line => line.Subscription is null).Select(line => new Bought(
                new()
                {
                    Source = invoice.Id,
                    Price = line.Price,
                    Product = line.Product,
                    Quantity = line.Quantity ?? 1,
                    PaidAt = invoice.PaidAt ?? asOf,
                },
                invoice.PaymentIntent,
                invoice.Id));
    }
}
