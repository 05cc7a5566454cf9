using System.Text.Json.Nodes;

namespace Holdfast.Simulator.State;

/// <summary>
/// One thing that happens to the world, an API call or a step of time: all changes go through it, so that they can be
/// undone together, and told as events once they stand.
/// </summary>
internal sealed class Operation(World world, OperationCause cause)
{
    private readonly List<Action> _undo = [];
    private readonly Dictionary<StripeObject, JsonObject> _before = [];
    private readonly Dictionary<StripeObject, JsonObject> _originals = [];
    private readonly List<Happening> _happenings = [];
    private readonly HashSet<StripeObject> _made = [];
    private readonly HashSet<StripeObject> _untold = [];
    private readonly List<Action<World>> _afterwards = [];

    public World World { get; } = world;

    public OperationCause Cause { get; } = cause;

    /// <summary>What was changed, as it was before this operation.</summary>
    public IReadOnlyDictionary<StripeObject, JsonObject> Originals => _originals;

    /// <summary>What there is to tell, in the order it happened.</summary>
    public IReadOnlyList<Happening> Happenings => _happenings;

    /// <summary>What follows once all of it stands and is told, such as the passing of a test clock's time.</summary>
    public IReadOnlyList<Action<World>> Sequel => _afterwards;

    /// <summary>Where the next thing to tell would stand, for <see cref="TellAt"/>.</summary>
    public int Place => _happenings.Count;

    public long Now(StripeObject? on) => World.Now(on?.Clock);

    /// <summary>A new object: the type's template, an id, the moment, and these fields over it.</summary>
    /// <param name="clock">The test clock it is to live on: its customer's.</param>
    /// <param name="event">Told at once; null when the caller tells it later.</param>
    public StripeObject Create(ObjectType type, JsonObject fields, string? clock = null, string? @event = null)
    {
        var body = type.NewBody();
        if (body.ContainsKey("created"))
        {
            body["created"] = World.Now(clock);
        }

        body.Take(fields);
        if (body.Text("id") is not { Length: > 0 })
        {
            body["id"] = World.Ids.Next(type.Prefix);
        }

        var made = new StripeObject(type, body);
        if (clock is not null)
        {
            made.Hidden["clock"] = clock;
        }

        World.Add(made);
        _untold.Add(made);
        _made.Add(made);
        _undo.Add(() => World.Remove(made));
        if (@event is not null)
        {
            Tell(@event, made);
        }

        return made;
    }

    /// <summary>Changes an object. What is told afterwards by a <c>….updated</c> event names all that differs since.</summary>
    public void Update(StripeObject item, Action<JsonObject> change, string? @event = null)
    {
        Remember(item);
        change(item.Body);
        if (@event is not null)
        {
            Tell(@event, item);
        }
    }

    /// <summary>Changes what Stripe knows of an object and never shows.</summary>
    public void UpdateHidden(StripeObject item, Action<JsonObject> change)
    {
        Remember(item);
        change(item.Hidden);
    }

    public void Remove(StripeObject item)
    {
        var place = World.Remove(item);
        _undo.Add(() => World.Add(item, place));
    }

    /// <summary>
    /// Something to tell the endpoints, with the object as it is now. A <c>….updated</c> event is told only when something
    /// shown did change, and bears the old values; of a new object nothing is told before it was told itself.
    /// </summary>
    public void Tell(string type, StripeObject item) => TellAt(Place, type, item);

    /// <summary>
    /// Tells it before what happened since <paramref name="place"/>, with the object as it is now: a subscription whose
    /// first payment went well is told as created, and active, before that payment.
    /// </summary>
    public void TellAt(int place, string type, StripeObject item)
    {
        JsonObject? before = null;
        if (type.EndsWith(".updated", StringComparison.Ordinal))
        {
            if (_untold.Contains(item) || !_before.TryGetValue(item, out before) || JsonNode.DeepEquals(before, item.Body))
            {
                return;
            }

            _before[item] = item.Body.Copy();
        }
        else if (_untold.Remove(item) && _before.ContainsKey(item))
        {
            _before[item] = item.Body.Copy();
        }

        _happenings.Insert(place, new Happening(type, item, item.Body.Copy(), before, World.Now(item.Clock)));
    }

    /// <summary>Tells of something that is no object of the world, such as an invoice to come.</summary>
    /// <param name="about">What it concerns, and whose clock it follows.</param>
    public void TellOf(string type, StripeObject about, JsonObject body, JsonObject? before = null)
    {
        if (before is null || !JsonNode.DeepEquals(before, body))
        {
            _happenings.Add(new Happening(type, about, body.Copy(), before?.Copy(), World.Now(about.Clock)));
        }
    }

    /// <summary>To be done when this operation stands; not at all when it is undone.</summary>
    public void Afterwards(Action<World> action) => _afterwards.Add(action);

    /// <summary>
    /// Tells what was just told of this object by a second name, as Stripe does where a newer event took an older one's place.
    /// </summary>
    public void TellAlso(string type, string after, StripeObject item)
    {
        if (_happenings is [.., var last] && last.Item == item && last.Type == after)
        {
            _happenings.Add(last with { Type = type });
        }
    }

    /// <summary>Something that time will bring to this object, on its own clock.</summary>
    public void Plan(long at, string kind, StripeObject item)
    {
        var due = World.Timeline.Plan(at, item.Clock, kind, item.Id);
        _undo.Add(() => World.Timeline.Remove(due));
    }

    public void Unplan(string kind, StripeObject item)
    {
        foreach (var due in World.Timeline.For(item.Id, kind))
        {
            World.Timeline.Remove(due);
            _undo.Add(() => World.Timeline.Restore(due));
        }
    }

    /// <summary>Nothing happens any more on a test clock that is deleted.</summary>
    public void UnplanAll(string clock)
    {
        foreach (var due in World.Timeline.All.Where(due => due.Clock == clock).ToArray())
        {
            World.Timeline.Remove(due);
            _undo.Add(() => World.Timeline.Restore(due));
        }
    }

    /// <summary>Puts everything back as it was; nothing is told.</summary>
    public void Undo()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            _undo[i]();
        }

        _undo.Clear();
        _happenings.Clear();
        _afterwards.Clear();
    }

    private void Remember(StripeObject item)
    {
        if (_before.ContainsKey(item))
        {
            return;
        }

        var (body, hidden) = (item.Body.Copy(), item.Hidden.Copy());
        _before.Add(item, body);
        if (!_made.Contains(item))
        {
            _originals.Add(item, body);
        }
        _undo.Add(() => item.Restore(body, hidden));
    }
}

/// <summary>What made an operation happen: a request, or time by itself when both are null.</summary>
internal sealed record OperationCause(string? RequestId, string? IdempotencyKey)
{
    public static OperationCause Time { get; } = new(null, null);
}

/// <summary>A fact to be told as an event: the object as it was then, and before.</summary>
/// <param name="At">Unix seconds on the object's clock.</param>
internal sealed record Happening(string Type, StripeObject Item, JsonObject Body, JsonObject? Before, long At);
