using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Events;

/// <summary>Every event that was told, oldest first. Stripe shows them for 30 days, and older ones are let go.</summary>
internal sealed class EventLog
{
    private const long KeptSeconds = 30 * 24 * 60 * 60;

    private readonly Dictionary<string, StripeEvent> _byId = [];
    private readonly Dictionary<string, List<StripeEvent>> _byObject = [];
    private List<StripeEvent> _events = [];
    private long _firstNumber;

    public IReadOnlyList<StripeEvent> All => _events;

    public StripeEvent? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>What was told of one object, oldest first.</summary>
    public IReadOnlyList<StripeEvent> About(string objectId) => _byObject.TryGetValue(objectId, out var told) ? told : [];

    /// <summary>Where in <see cref="All"/> an event stands.</summary>
    public int IndexOf(StripeEvent told) => (int)(told.Number - _firstNumber);

    public StripeEvent Add(World world, Happening happening, OperationCause cause)
    {
        var now = world.Now(null);
        Forget(now - KeptSeconds);
        var told = new StripeEvent(
            NewId(world, happening.Type), happening.Type, happening.Item.Id, happening.At, now, cause,
            StripeEvent.BytesOf(happening.Body), happening.Before is null ? null : StripeEvent.BytesOf(happening.Before));
        Add(told);
        return told;
    }

    public void Add(StripeEvent told)
    {
        told.Number = _firstNumber + _events.Count;
        _events.Add(told);
        _byId.Add(told.Id, told);
        if (!_byObject.TryGetValue(told.ObjectId, out var about))
        {
            _byObject[told.ObjectId] = about = [];
        }

        about.Add(told);
    }

    public void Clear()
    {
        _events.Clear();
        _byId.Clear();
        _byObject.Clear();
        _firstNumber = 0;
    }

    /// <summary>In great lots only, so that it costs nothing each time; <see cref="IsShown"/> is exact.</summary>
    private void Forget(long before)
    {
        const int lot = 1000;
        if (_events.Count <= lot || _events[lot].ToldAt >= before)
        {
            return;
        }

        var gone = _events.FindIndex(told => told.ToldAt >= before);
        gone = gone < 0 ? _events.Count : gone;
        foreach (var told in _events.Take(gone))
        {
            _byId.Remove(told.Id);
            if (_byObject[told.ObjectId].Remove(told) && _byObject[told.ObjectId].Count == 0)
            {
                _byObject.Remove(told.ObjectId);
            }
        }

        _events = _events[gone..];
        _firstNumber += gone;
    }

    public static bool IsShown(World world, StripeEvent told) => told.ToldAt >= world.Now(null) - KeptSeconds;

    /// <summary>Payments' events have ids of their own look, as those of payments have.</summary>
    private static string NewId(World world, string type) =>
        type.StartsWith("payment_intent.", StringComparison.Ordinal) || type.StartsWith("charge.", StringComparison.Ordinal)
            ? $"evt_3{world.Ids.Letters(23)}"
            : world.Ids.Next("evt");
}
