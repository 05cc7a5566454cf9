using System.Text.Json.Nodes;
using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop;

/// <summary>
/// Stripe's side of the shop: the objects as they are now, and every event told about them so far. Stories move the
/// clock and change objects; the world renders what they tell. The same seed tells the same month with the same
/// object ids in every shape.
/// </summary>
internal sealed class StripeWorld(ApiVersionShape shape, int seed, bool livemode)
{
    private readonly Rendering _rendering = new(shape, livemode);
    private readonly Dictionary<string, JsonObject> _bodies = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset At, ShopEvent Event)> _told = [];

    // Apart from the objects' ids, because shapes differ in how many events they tell.
    private readonly StripeIds _eventIds = new(new Random(~seed));

    private DateTimeOffset _real;
    private TimeSpan _ahead;
    private Cause _cause = Cause.Stripe;
    private Action _tellLast = () => { };

    public ApiVersionShape Shape => shape;

    public bool IsLive => livemode;

    /// <summary>Chance for the objects: their ids and whatever a story leaves open.</summary>
    public StripeIds Ids { get; } = new(new Random(seed));

    /// <summary>The time objects carry: ours, or a test clock's where one runs ahead.</summary>
    public DateTimeOffset Now => _real + _ahead;

    /// <summary>All events in causal order: by the moment they really happened, then as told.</summary>
    public IReadOnlyList<ShopEvent> Events => [.. _told.OrderBy(told => told.At).Select(told => told.Event)];

    /// <summary>What Stripe would answer now if asked for each object that has an id.</summary>
    public IReadOnlyDictionary<string, byte[]> Answers() => _bodies
        .Where(held => held.Value.ContainsKey("id"))
        .ToDictionary(held => held.Key, held => StripeJsonWriter.Write(held.Value), StringComparer.Ordinal);

    /// <summary>Puts the clock where a story begins; stories of different customers overlap in time.</summary>
    public void BeginAt(DateTimeOffset start)
    {
        _real = start;
        _ahead = TimeSpan.Zero;
        ActByItself();
    }

    public void Wait(TimeSpan time) => _real += time;

    public void Wait(int seconds) => Wait(TimeSpan.FromSeconds(seconds));

    public void WaitUntil(DateTimeOffset moment) => Wait(moment - Now);

    /// <summary>Simulated time passes on a test clock, while hardly any real time does.</summary>
    public void AdvanceTestClockTo(DateTimeOffset moment) => _ahead += moment - Now;

    /// <summary>What follows is caused by a call to the API or a page of Stripe's, with its own request id.</summary>
    public void ActOnRequest() => _cause = Cause.Request(_eventIds);

    /// <summary>What follows Stripe does by itself: renewals, retries, the passing of time.</summary>
    public void ActByItself() => _cause = Cause.Stripe;

    /// <summary>Changes the object without telling anybody; the next event about it shows the change.</summary>
    public void Keep(StripeObject subject) => _bodies[subject.Id] = subject.Render(_rendering);

    /// <summary>The object is now like this, and an event says so.</summary>
    public void Tell(string type, StripeObject subject)
    {
        var body = subject.Render(_rendering);
        _bodies[subject.Id] = body;
        Record(type, body, previous: null);
    }

    /// <summary>As <see cref="Tell"/>, with what was different before.</summary>
    public void TellChange(string type, StripeObject subject)
    {
        var (before, body) = (_bodies[subject.Id], subject.Render(_rendering));
        _bodies[subject.Id] = body;
        Record(type, body, PreviousAttributes.Between(before, body));
    }

    /// <summary>An event about an object that nobody can ask for, such as a preview.</summary>
    public void Mention(string type, StripeObject subject) => Record(type, subject.Render(_rendering), previous: null);

    /// <summary>The object is gone. The event shows it as it was last; whoever asks gets the stub.</summary>
    public void TellDeletion(string type, StripeObject subject)
    {
        var body = subject.Render(_rendering);
        _bodies[subject.Id] = new()
        {
            ["id"] = subject.Id,
            ["object"] = (string?)body["object"],
            ["deleted"] = true,
        };
        Record(type, body, previous: null);
    }

    /// <summary>The last event once more under another id, which Stripe warns may happen.</summary>
    /// <remarks>https://docs.stripe.com/webhooks#handle-duplicate-events</remarks>
    public void TellLastAgain() => _tellLast();

    private void Record(string type, JsonObject body, JsonObject? previous)
    {
        _tellLast = () => Record(type, body, (JsonObject?)previous?.DeepClone());
        // Stripe's event ids begin with a 3 for payments and charges, with a 1 for all else.
        var isPayment = (string?)body["object"] is "payment_intent" or "charge";
        var id = _eventIds.Long(isPayment ? "evt_3" : "evt_1");
        JsonObject data = new() { ["object"] = body.DeepClone() };
        if (previous is not null)
        {
            data["previous_attributes"] = previous;
        }

        JsonObject envelope = new()
        {
            ["id"] = id,
            ["object"] = "event",
            ["api_version"] = shape.Version,
            ["created"] = Now.Unix(),
            ["data"] = data,
            ["livemode"] = livemode,
            ["pending_webhooks"] = 1 + _eventIds.Below(3),
            ["request"] = new JsonObject { ["id"] = _cause.Id, ["idempotency_key"] = _cause.IdempotencyKey },
            ["type"] = type,
        };
        _told.Add((_real, new()
        {
            Id = id,
            Type = type,
            Created = DateTimeOffset.FromUnixTimeSeconds(Now.Unix()),
            Body = StripeJsonWriter.Write(envelope),
        }));
    }

    private readonly record struct Cause(string? Id, string? IdempotencyKey)
    {
        public static Cause Stripe => default;

        public static Cause Request(StripeIds ids) => new(
            ids.Short("req_"),
            string.Join('-', ids.Some(8), ids.Some(4), ids.Some(4), ids.Some(12)).ToLowerInvariant());
    }
}
