using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Objects;

/// <summary>
/// What the simulated Stripe knows: its object types, what answers at which path, and what time does by itself. Each file
/// of an object type adds its own by a <c>Map</c> method, and is named in <see cref="Everything"/>.
/// </summary>
internal sealed class Catalog
{
    private readonly Dictionary<string, ObjectType> _types = [];
    private readonly Dictionary<string, Action<Operation, StripeObject>> _due = [];
    private readonly List<Action<Operation, StripeObject>> _settled = [];

    public Routes Routes { get; } = new();

    public static Catalog Everything()
    {
        var catalog = new Catalog();
        Customers.Map(catalog);
        Products.Map(catalog);
        Prices.Map(catalog);
        Plans.Map(catalog);
        TestClocks.Map(catalog);
        Coupons.Map(catalog);
        PromotionCodes.Map(catalog);
        Discounts.Map(catalog);
        InvoiceItems.Map(catalog);
        InvoicePayments.Map(catalog);
        Invoices.Map(catalog);
        Subscriptions.Map(catalog);
        PaymentMethodsApi.Map(catalog);
        CardSources.Map(catalog);
        Tokens.Map(catalog);
        PaymentIntentsApi.Map(catalog);
        SetupIntentsApi.Map(catalog);
        ChargesApi.Map(catalog);
        RefundsApi.Map(catalog);
        DisputesApi.Map(catalog);
        FraudWarnings.Map(catalog);
        BalanceTransactions.Map(catalog);
        Checkout.CheckoutApi.Map(catalog);
        Events.EventsApi.Map(catalog);
        Events.ThinEventsApi.Map(catalog);
        Delivery.EventDestinations.Map(catalog);
        Delivery.WebhookEndpoints.Map(catalog);
        return catalog;
    }

    public ObjectType? TypeNamed(string name) => _types.GetValueOrDefault(name);

    public void Add(ObjectType type) => _types.Add(type.Name, type);

    public void Get(string path, Func<Call, Answer> handler) => Routes.Add("GET", path, handler);

    public void Post(string path, Func<Call, Answer> handler) => Routes.Add("POST", path, handler);

    public void Delete(string path, Func<Call, Answer> handler) => Routes.Add("DELETE", path, handler);

    /// <summary>A POST or a GET that a browser may make, too, with a publishable key and a client secret.</summary>
    public void Open(string method, string path, Func<Call, Answer> handler)
    {
        Routes.Add(method, path, handler);
        Routes.Open(handler);
    }

    /// <summary>What happens when a thing of this kind falls due: see <see cref="Operation.Plan"/>.</summary>
    public void When(string kind, Action<Operation, StripeObject> action) => _due.Add(kind, action);

    /// <summary>
    /// What follows when a payment or setup intent ends an attempt: it succeeded, was declined, was canceled or waits for the
    /// customer or the bank, as its status says.
    /// </summary>
    public void WhenSettled(Action<Operation, StripeObject> reaction) => _settled.Add(reaction);

    public void Settled(Operation operation, StripeObject intent)
    {
        foreach (var reaction in _settled)
        {
            reaction(operation, intent);
        }
    }

    public bool Knows(string kind) => _due.ContainsKey(kind);

    public void Happen(Operation operation, Due due)
    {
        if (operation.World.Find(due.Id) is { } item)
        {
            _due[due.Kind](operation, item);
        }
    }
}
