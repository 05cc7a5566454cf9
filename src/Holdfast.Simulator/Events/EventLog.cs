using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Events;

/// <summary>Every event that was told, oldest first. Stripe shows them for 30 days.</summary>
internal sealed class EventLog
{
    private readonly List<StripeEvent> _events = [];
    private readonly Dictionary<string, StripeEvent> _byId = [];

    public IReadOnlyList<StripeEvent> All => _events;

    public StripeEvent? Find(string id) => _byId.GetValueOrDefault(id);

    public StripeEvent Add(World world, Happening happening, OperationCause cause)
    {
        var told = new StripeEvent(world.Ids.Next("evt"), happening, cause);
        _events.Add(told);
        _byId.Add(told.Id, told);
        return told;
    }
}
