using System.Reflection;
using System.Text.Json;
using Holdfast.Mirror.Readers;
using Holdfast.Stripe;
using Holdfast.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

namespace Holdfast.Tests.Mirror.Readers;

/// <summary>
/// An object as Stripe writes it; all are files in <c>Samples</c>. Those named <c>type.version</c> tell the same facts
/// in the shape of an API version, the odd ones are named for what they show.
/// </summary>
/// <remarks>
/// Fields that were added without a new version are in the samples of old versions too, as Stripe renders them today.
/// </remarks>
internal sealed record Sample(string Name, string Text)
{
    private const string Folder = "Samples/";

    private static readonly Assembly Files = typeof(Sample).Assembly;

    public static IEnumerable<string> Names => Files.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .Select(name => name[Folder.Length..])
        .Order(StringComparer.Ordinal);

    public JsonElement Body { get; } = JsonElement.Parse(Text);

    /// <summary>Stripe's <c>object</c> value.</summary>
    public string Type => Body.Text("object")!;

    public static Sample Named(string name)
    {
        using var stream = Files.GetManifestResourceStream(Folder + name)
            ?? throw new InvalidOperationException($"There is no sample {name}.");
        using var reader = new StreamReader(stream);
        return new(name, reader.ReadToEnd());
    }

    public static JsonElement BodyOf(string name) => Named(name).Body;

    /// <summary>What the reader of its type makes of a body.</summary>
    public static object Read(string type, JsonElement body) => type switch
    {
        "customer" => Customer.Read(body),
        "product" => Product.Read(body),
        "price" or "plan" or "sku" => Price.Read(body),
        "subscription" => Subscription.Read(body),
        "invoice" => Invoice.Read(body),
        "invoice_payment" => InvoicePayment.Read(body),
        "payment_intent" => PaymentIntent.Read(body),
        "setup_intent" => SetupIntent.Read(body),
        "charge" => Charge.Read(body),
        "refund" => Refund.Read(body),
        "dispute" => Dispute.Read(body),
        "checkout.session" => CheckoutSession.Read(body),
        "entitlements.active_entitlement_summary" => ActiveEntitlementSummary.Read(body),
        _ => throw new ArgumentException($"There is no reader for {type}.", nameof(type)),
    };

    /// <summary>The same, as text to compare; or that it cannot be read.</summary>
    public static string Told(string type, JsonElement body)
    {
        try
        {
            return Told(Read(type, body));
        }
        catch (UnreadableObjectException)
        {
            return "unreadable";
        }
    }

    /// <summary>A record as text, as records that hold lists are not equal by value.</summary>
    public static string Told(object record) => JsonSerializer.Serialize(record, record.GetType(), Indented);

    /// <summary>The samples' first moment, some days later: 2026-09-21 14:13:20 is day 0.</summary>
    public static DateTimeOffset Day(int days) => DateTimeOffset.FromUnixTimeSeconds(1_790_000_000).AddDays(days);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}

/// <summary>Runs a theory once for each sample, or each of some types, named by its first argument.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EverySampleAttribute : DataAttribute
{
    public string[] Of { get; init; } = [];

    public string[] Without { get; init; } = [];

    /// <summary>The engine is the second argument, and each sample is run on each.</summary>
    public bool OnEveryEngine { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo method, DisposalTracker tracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Sample.Names.Where(IsWanted).SelectMany(Rows)]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private IEnumerable<ITheoryDataRow> Rows(string name) => OnEveryEngine
        ? Enum.GetValues<Engine>().Select(engine => new TheoryDataRow<string, Engine>(name, engine))
        : [new TheoryDataRow<string>(name)];

    private bool IsWanted(string name)
    {
        var type = Sample.Named(name).Type;
        return (Of.Length is 0 || Of.Contains(type)) && !Without.Contains(type);
    }
}

/// <summary>Runs a theory once for each API version there is a sample of this type in.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EveryVersionOfAttribute(string type) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo method, DisposalTracker tracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Sample.Names.Where(IsVersion).Select(name => new TheoryDataRow<string>(name))]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private bool IsVersion(string name) => name.StartsWith(type + ".20", StringComparison.Ordinal);
}
