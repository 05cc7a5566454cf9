namespace Holdfast.Stripe.Calls;

/// <summary>The attempts that wait to be written down, so that a call costs the store next to nothing.</summary>
internal sealed class CallRecords
{
    /// <summary>How many may wait. Beyond that the oldest are lost, and counted.</summary>
    public const int MaxWaiting = 20_000;

    /// <summary>How many are written in one transaction: deliveries wait for it.</summary>
    public const int MaxTogether = 1000;

    private readonly Lock _lock = new();
    private readonly Queue<CallRecord> _waiting = new();
    private long _lost;

    public void Add(CallRecord record)
    {
        lock (_lock)
        {
            MakeRoomLocked();
            _waiting.Enqueue(record);
        }
    }

    /// <summary>The oldest that wait, and how many were lost since the last time.</summary>
    public (IReadOnlyList<CallRecord> Waiting, long Lost) Take()
    {
        lock (_lock)
        {
            var taken = new List<CallRecord>(Math.Min(MaxTogether, _waiting.Count));
            while (taken.Count < MaxTogether && _waiting.TryDequeue(out var record))
            {
                taken.Add(record);
            }

            var lost = _lost;
            _lost = 0;
            return (taken, lost);
        }
    }

    /// <summary>They could not be written down now.</summary>
    public void PutBack(IReadOnlyList<CallRecord> records)
    {
        lock (_lock)
        {
            var since = _waiting.ToArray();
            _waiting.Clear();
            foreach (var record in records.Concat(since))
            {
                MakeRoomLocked();
                _waiting.Enqueue(record);
            }
        }
    }

    private void MakeRoomLocked()
    {
        if (_waiting.Count >= MaxWaiting)
        {
            _waiting.Dequeue();
            _lost++;
        }
    }
}
