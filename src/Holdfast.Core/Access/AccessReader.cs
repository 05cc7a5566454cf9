using System.Globalization;
using System.Text.Json;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;

namespace Holdfast.Access;

/// <summary>Gathers from the mirror what access is concluded from: the account's subscriptions and what it bought.</summary>
internal sealed class AccessReader(AccountStore accounts, ObjectStore objects)
{
    /// <summary>How many are asked about at once, so that no answer meets its limit.</summary>
    private const int MaxParents = 500;

    public async Task<AccessFacts> FactsOfAsync(Session session, Account account)
    {
        var customers = await accounts.CustomersAsync(session, account.Id);
        var rows = await objects.AccessRowsAsync(session, account.StripeAccount, account.Livemode, customers);
        var subscriptions = new List<Subscription>();
        var features = new List<string>();
        var bought = new List<Bought>();
        foreach (var row in rows)
        {
            using var json = JsonDocument.Parse(row.Body);
            switch (row.Key.Type)
            {
                case "subscription":
                    subscriptions.Add(Subscription.Read(json.RootElement));
                    break;
                case "checkout.session":
                    bought.AddRange(Bought.In(CheckoutSession.Read(json.RootElement), row.AsOf));
                    break;
                case "invoice":
                    bought.AddRange(Bought.In(Invoice.Read(json.RootElement), row.AsOf));
                    break;
                default:
                    features.AddRange(ActiveEntitlementSummary.Read(json.RootElement).Entitlements.Select(one => one.LookupKey));
                    break;
            }
        }

        return new()
        {
            Subscriptions = subscriptions,
            Purchases = bought.Count is 0 ? [] : await SettleAsync(session, account, bought),
            ActiveFeatures = features,
        };
    }

    /// <summary>A purchase stands as long as its money does: the charges tell of refunds, the disputes of those lost.</summary>
    private async Task<List<Purchase>> SettleAsync(Session session, Account account, List<Bought> bought)
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
        foreach (var some in parents.Chunk(MaxParents))
        {
            var rows = await objects.ChildrenAsync(session, account.StripeAccount, account.Livemode, type, some);
            foreach (var row in rows)
            {
                using var json = JsonDocument.Parse(row.Body);
                children.Add(read(json.RootElement));
            }
        }

        return children;
    }

    /// <summary>A purchase, and what to follow to see whether its money stayed.</summary>
    private sealed record Bought(Purchase Purchase, string? PaymentIntent, string? Invoice)
    {
        public IEnumerable<string> Intents(ILookup<string, string?> payments) =>
            new[] { PaymentIntent }.Concat(Invoice is null ? [] : payments[Invoice]).OfType<string>();

        /// <summary>
        /// The line items of a checkout, where the body has them; otherwise what the merchant named in its metadata
        /// under <c>price</c>, <c>product</c> or <c>lookup_key</c>. Stripe's events carry no line items. A quantity that
        /// cannot be read is not guessed: then nothing was named.
        /// </summary>
        public static IEnumerable<Bought> In(CheckoutSession session, DateTimeOffset asOf)
        {
            if (session.Mode is "subscription" or "setup" || session.PaymentStatus is not ("paid" or "no_payment_required"))
            {
                return [];
            }

            var items = session.LineItems is { Count: > 0 } lines ? lines : NamedIn(session);
            return items.Select(item => new Bought(
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
        }

        public static IEnumerable<Bought> In(Invoice invoice, DateTimeOffset asOf) =>
            invoice.Subscription is not null
                ? []
                : invoice.Lines.Where(line => line.Subscription is null).Select(line => new Bought(
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

        private static CheckoutLineItem[] NamedIn(CheckoutSession session)
        {
            var written = session.Metadata.GetValueOrDefault("quantity") ?? "1";
            return long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var quantity) && quantity > 0
                ?
                [
                    new()
                    {
                        Price = session.Metadata.GetValueOrDefault("price"),
                        Product = session.Metadata.GetValueOrDefault("product"),
                        LookupKey = session.Metadata.GetValueOrDefault("lookup_key"),
                        Quantity = quantity,
                    },
                ]
                : [];
        }
    }
}
