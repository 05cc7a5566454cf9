using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Ingest;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Stripe;

namespace Holdfast.Apply;

/// <summary>Where and when an object was seen.</summary>
/// <param name="AsOf">By Stripe's clock.</param>
/// <param name="Cause">An event's id, or that of a question to Stripe.</param>
/// <param name="IsLate">See <see cref="Observation.IsLate"/>.</param>
internal readonly record struct ObservedFrom(
    string StripeAccount,
    bool Livemode,
    string? ApiVersion,
    DateTimeOffset AsOf,
    string Cause,
    Source Source = Source.Fetch,
    bool IsLate = false);

/// <summary>Reads what an object looked like.</summary>
internal static class ObjectObservation
{
    /// <summary>
    /// Most events are on their way for seconds. Of one that took longer in earnest Stripe is asked once too often.
    /// </summary>
    private static readonly TimeSpan MaxWay = TimeSpan.FromMinutes(1);

    private const string Summary = "entitlements.active_entitlement_summary";

    /// <summary>The previews of <c>invoice.upcoming</c> have an id of their own each time and never become real.</summary>
    private const string PreviewPrefix = "upcoming_";

    /// <returns>Null when the event carries no object that could be held: thin events, and objects without an id.</returns>
    /// <exception cref="UnreadableObjectException">The object lacks what every API version has had.</exception>
    public static Observation? Of(StoredEvent stored, JsonElement body) => Of(
        new(
            stored.StripeAccount,
            stored.Livemode,
            stored.ApiVersion,
            stored.Created,
            stored.EventId,
            Source.Event,
            // There are no test clocks in live mode.
            IsLate: !stored.Livemode && stored.ReceivedAt - stored.Created > MaxWay),
        body,
        EventTypes.IsDeletion(stored.Type));

    /// <returns>Null when this is no object that could be held.</returns>
    /// <exception cref="UnreadableObjectException">The object lacks what every API version has had.</exception>
    public static Observation? Of(ObservedFrom from, JsonElement body, bool isDeletion = false)
    {
        var type = body.Text("object");
        if (type is null || IdOf(type, body) is not { } id)
        {
            return null;
        }

        var deleted = isDeletion || body.Flag("deleted") is true;
        if (!deleted)
        {
            KnownObjects.Require(type, body);
        }

        var compact = CompactJson.Of(JsonMarshal.GetRawUtf8Value(body));
        var status = ObjectRelations.StatusOf(body);
        return new()
        {
            Key = new(from.StripeAccount, from.Livemode, type, id),
            Body = compact,
            Hash = SHA256.HashData(compact),
            ApiVersion = from.ApiVersion,
            AsOf = from.AsOf,
            Source = from.Source,
            Cause = from.Cause,
            Deleted = deleted,
            Absorbing = ObjectRelations.IsAbsorbing(type, status),
            IsOnTestClock = body.Id("test_clock") is not null,
            IsLate = from.IsLate,
            Customer = PayerOf(type, id, body),
            Status = status,
            Parent = ObjectRelations.ParentOf(type, body),
        };
    }

    /// <summary>There is one summary of active features per customer, and it has no id of its own.</summary>
    private static string? IdOf(string type, JsonElement body) => type is Summary
        ? body.Id("customer")
        : body.Text("id") is { } id && !id.StartsWith(PreviewPrefix, StringComparison.Ordinal) ? id : null;

    /// <summary>A guest who checks out is no customer at Stripe: the session stands for the one who pays.</summary>
    private static string? PayerOf(string type, string id, JsonElement body) =>
        ObjectRelations.CustomerOf(type, body)
        ?? (type is "checkout.session" && body.Text("payment_status") is "paid" or "no_payment_required" ? id : null);
}
