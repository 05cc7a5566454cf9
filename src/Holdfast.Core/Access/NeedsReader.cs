using System.Text.Json;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Stripe;

namespace Holdfast.Access;

/// <summary>What the mirror knows of a subscription or a purchase, as far as access needs it.</summary>
/// <param name="Lines">What a checkout sold; empty where that is not known, and for everything else.</param>
/// <param name="HasItems">The line items of the checkout are held.</param>
internal sealed record Known(IReadOnlyList<CheckoutLineItem> Lines, bool HasItems, IReadOnlyList<Need> Needs)
{
    public Evidence Evidence => new()
    {
        WaitsFor = Needs.Select(need => need.WaitsFor).OfType<string>().ToArray() is [_, ..] waits
            ? string.Join(", and for ", waits)
            : null,
        KnownFrom =
        [
            .. Needs.OfType<Need.Met>().Select(met => new KnownFrom(met.Name, met.Source.ToString(), met.Cause)),
        ],
    };
}

/// <summary>
/// Looks up what access needs: on the object itself, then on those it hangs together with, in the order that
/// docs/access.md states. It concludes from the mirror alone, so the order in which things arrived cannot matter.
/// </summary>
internal sealed class NeedsReader(ObjectStore objects, AccessOptions options)
{
    public bool NeedsMetadata => options.RequiredMetadata.Count > 0;

    private IEnumerable<string> RequiredKeys => options.RequiredMetadata.Distinct(StringComparer.Ordinal);

    public async Task<Dictionary<ObjectKey, Known>> KnownAsync(Session session, IReadOnlyCollection<GrantSource> sources)
    {
        var known = new Dictionary<ObjectKey, Known>(sources.Count);
        foreach (var place in sources.GroupBy(source => (source.Key.StripeAccount, source.Key.Livemode)))
        {
            var (account, livemode) = place.Key;
            GrantSource[] here = [.. place];
            var items = await ItemsAsync(session, account, livemode, here);
            var chains = NeedsMetadata ? await ChainsAsync(session, account, livemode, here) : null;
            foreach (var source in here)
            {
                var (lines, need) = source.Checkout is null ? ([], null) : LinesOf(source, [.. items[source.Key.Id]]);
                known[source.Key] = new(
                    lines,
                    HasItems: need is Need.Met { Source.Type: "item" } or Need.Disputed,
                    [
                        .. need is null ? (ReadOnlySpan<Need>)[] : [need],
                        .. chains is null ? [] : RequiredKeys.Select(key => Find(key, source, chains(source))),
                    ]);
            }
        }

        return known;
    }

    private async Task<ILookup<string?, MirroredObject>> ItemsAsync(
        Session session, string account, bool livemode, GrantSource[] sources)
    {
        string[] checkouts = [.. sources.Where(source => source.Checkout is not null).Select(source => source.Key.Id)];
        var items = checkouts.Length is 0
            ? []
            : await objects.ChildrenAsync(session, account, livemode, "item", checkouts);
        return items.ToLookup(item => item.Parent);
    }

    private static (IReadOnlyList<CheckoutLineItem> Lines, Need Need) LinesOf(GrantSource source, MirroredObject[] rows)
    {
        var checkout = source.Checkout!;
        if (rows is [var first, ..])
        {
            CheckoutLineItem[] items = [.. rows.Select(Item)];
            return SoldLines.Agree(checkout, items)
                ? (items, new Need.Met(Need.LineItems, first.Key, first.Cause))
                : ([], new Need.Disputed(Need.LineItems, [source.Key]));
        }

        var said = checkout.LineItems is { Count: > 0 } lines ? lines : SoldLines.NamedIn(checkout);
        return (said, said.Count > 0
            ? new Need.Met(Need.LineItems, source.Key, source.Row.Cause)
            : new Need.Missing(Need.LineItems, [source.Key], []));
    }

    private static CheckoutLineItem Item(MirroredObject row)
    {
        using var json = JsonDocument.Parse(row.Body);
        return CheckoutLineItem.Read(json.RootElement);
    }

    /// <summary>The objects that a source hangs together with, in the order of looking, and their rows where held.</summary>
    private async Task<Func<GrantSource, List<Link>>> ChainsAsync(
        Session session, string account, bool livemode, GrantSource[] sources)
    {
        string[] invoices = [.. sources.Where(source => source.Invoice is not null).Select(source => source.Key.Id)];
        var payments = (await objects.ChildrenAsync(session, account, livemode, "invoice_payment", invoices))
            .Select(Payment)
            .ToLookup(payment => payment.Invoice, payment => payment.PaymentIntent);
        string[] haveCheckouts =
        [
            .. sources.Where(source => source.Subscription is not null).Select(source => source.Key.Id),
            .. sources.SelectMany(IntentsOfInvoice),
        ];
        var checkouts = (await objects.ChildrenAsync(session, account, livemode, "checkout.session", haveCheckouts))
            .ToLookup(checkout => checkout.Parent, checkout => checkout.Key);
        string[] ids = [.. sources.SelectMany(Parents).Select(key => key.Id).Distinct()];
        var held = (await objects.ByIdsAsync(session, account, livemode, ids)).ToDictionary(row => row.Key);
        return source => [.. Parents(source).Select(key => new Link(key, held.GetValueOrDefault(key)))];

        IEnumerable<ObjectKey> Parents(GrantSource source) =>
        [
            .. source switch
            {
                { Subscription: not null } => checkouts[source.Key.Id],
                { Checkout: { } checkout } => Keys("payment_intent", checkout.PaymentIntent)
                    .Concat(Keys("invoice", checkout.Invoice)),
                _ => IntentsOfInvoice(source).SelectMany(intent => checkouts[intent])
                    .Concat(Keys("payment_intent", [.. IntentsOfInvoice(source)])),
            },
            // A guest who paid at a checkout stands there instead of a customer.
            .. source.Row.Customer == source.Key.Id ? [] : Keys("customer", source.Row.Customer),
        ];

        IEnumerable<string> IntentsOfInvoice(GrantSource source) => source.Invoice is not { } invoice
            ? []
            : payments[invoice.Id].Append(invoice.PaymentIntent).OfType<string>().Distinct().Order(StringComparer.Ordinal);

        IEnumerable<ObjectKey> Keys(string type, params string?[] ids) =>
            ids.OfType<string>().Select(id => new ObjectKey(account, livemode, type, id));
    }

    private static InvoicePayment Payment(MirroredObject row)
    {
        using var json = JsonDocument.Parse(row.Body);
        return InvoicePayment.Read(json.RootElement);
    }

    /// <summary>What an object says of itself is right; only where it says nothing are the others asked.</summary>
    private Need Find(string key, GrantSource source, List<Link> chain)
    {
        var name = Need.OfMetadata(key);
        if (ValueIn(source.Row, key) is not null)
        {
            return new Need.Met(name, source.Key, source.Row.Cause);
        }

        (string Value, MirroredObject Row)[] said =
        [
            .. chain.Select(link => (Value: link.Row is null ? null : ValueIn(link.Row, key), link.Row))
                .Where(one => one.Value is not null)
                .Select(one => (one.Value!, one.Row!)),
        ];
        return said switch
        {
            [] => new Need.Missing(
                name,
                [source.Key, .. chain.Where(link => link.Row is not null).Select(link => link.Key)],
                [.. chain.Where(link => link.Row is null).Select(link => link.Key)]),
            // Whose account it is has rules of its own, by which a customer can be corrected.
            [var first, .. var others] when key == options.ReferenceMetadataKey
                || others.All(other => other.Value == first.Value) => new Need.Met(name, first.Row.Key, first.Row.Cause),
            _ => new Need.Disputed(name, [.. said.Select(one => one.Row.Key)]),
        };
    }

    /// <returns>Null where the object does not say it; an empty text says nothing.</returns>
    private string? ValueIn(MirroredObject row, string key)
    {
        using var json = JsonDocument.Parse(row.Body);
        var value = json.RootElement.Metadata("metadata").GetValueOrDefault(key);
        if (string.IsNullOrEmpty(value) && key == options.ReferenceMetadataKey && row.Key.Type is "checkout.session")
        {
            value = json.RootElement.Text("client_reference_id");
        }

        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <param name="Row">Null where the mirror does not have it.</param>
    private sealed record Link(ObjectKey Key, MirroredObject? Row);
}
