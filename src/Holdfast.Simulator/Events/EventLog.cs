using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Events;

/// <summary>Every event that was told, oldest first. Stripe shows them for 30 days.</summary>
internal sealed class EventLog
{
    private readonly List<StripeEvent> _events = [];
    private readonly Dictionary<string, StripeEvent> _byId = [];
    private readonly Dictionary<string, List<StripeEvent>> _byObject = [];

    public IReadOnlyList<StripeEvent> All => _events;

    /// <summary>What was told of one object, oldest first.</summary>
    public IReadOnlyList<StripeEvent> About(string objectId) => _byObject.TryGetValue(objectId, out var told) ? told : [];

    public StripeEvent? Find(string id) => _byId.GetValueOrDefault(id);

    public StripeEvent Add(World world, Happening happening, OperationCause cause)
    {
        var told = new StripeEvent(world.Ids.Next("evt"), happening, cause);
        _events.Add(told);
        _byId.Add(told.Id, told);
        if (!_byObject.TryGetValue(happening.Item.Id, out var about))
        {
            _byObject[happening.Item.Id] = about = [];
        }

        about.Add(told);
        return told;
    }
}
