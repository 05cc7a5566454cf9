using Holdfast.Alerts;

namespace Holdfast.Stripe.Calls;

/// <summary>
/// What calls have found that a person should know, until it is written down: the last word per subject counts.
/// </summary>
internal sealed class CallAlerts
{
    /// <summary>How many subjects may wait. Beyond that new ones are let go; they are found again.</summary>
    public const int MaxWaiting = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<AlertKey, string?> _waiting = [];

    public void Raise(string kind, string subject, string message) => Set(new(kind, subject), message);

    /// <summary>It is fine (again).</summary>
    public void Clear(string kind, string subject) => Set(new(kind, subject), message: null);

    /// <summary>All that wait; those without a message are fine.</summary>
    public IReadOnlyDictionary<AlertKey, string?> Take()
    {
        lock (_lock)
        {
            var taken = new Dictionary<AlertKey, string?>(_waiting);
            _waiting.Clear();
            return taken;
        }
    }

    /// <summary>They could not be written down now. What was found since goes before.</summary>
    public void PutBack(IReadOnlyDictionary<AlertKey, string?> alerts)
    {
        lock (_lock)
        {
            foreach (var (key, message) in alerts)
            {
                _waiting.TryAdd(key, message);
            }
        }
    }

    private void Set(AlertKey key, string? message)
    {
        lock (_lock)
        {
            if (_waiting.Count < MaxWaiting || _waiting.ContainsKey(key))
            {
                _waiting[key] = message;
            }
        }
    }
}
