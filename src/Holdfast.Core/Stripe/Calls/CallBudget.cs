namespace Holdfast.Stripe.Calls;

/// <summary>
/// How many calls a second this node may make: its share of what Stripe allows the account. Whoever must wait does so in
/// a lane, and the first lanes go first; so that none waits for ever, one call in ten is whoever waited longest.
/// </summary>
/// <remarks>https://docs.stripe.com/rate-limits</remarks>
internal sealed class CallBudget : IDisposable
{
    public const int MaxWaiting = 10_000;

    /// <summary>Calls that were not made are saved up for so long: Stripe counts by the second.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(0.2);

    /// <summary>What is in flight when Stripe says "too many" says so all at once, and counts once.</summary>
    private static readonly TimeSpan Once = TimeSpan.FromSeconds(1);

    private static readonly int Lanes = Enum.GetValues<Lane>().Length;

    private const double MinShare = 0.05;
    private const double LoweredTo = 0.5;
    private const double RecoversPerSecond = 0.05;
    private const int OldestOneIn = 10;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter>[] _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new LinkedList<Waiter>())];
    private readonly double _perSecond;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _nodes = 1;
    private double _share = 1;
    private double _saved;
    private long _countedAt;
    private long _loweredAt;
    private int _waiting;
    private long _arrived;
    private long _served;

    /// <param name="perSecond">What all nodes together may call.</param>
    public CallBudget(double perSecond, TimeProvider clock)
    {
        (_perSecond, _clock) = (perSecond, clock);
        _saved = Math.Max(1, perSecond * Burst.TotalSeconds);
        _countedAt = clock.GetTimestamp();
        _loweredAt = _countedAt - (clock.TimestampFrequency * (long)Once.TotalSeconds);
        _timer = clock.CreateTimer(_ => Serve(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many calls a second this node may make now.</summary>
    public double PerSecond
    {
        get
        {
            lock (_lock)
            {
                CountLocked();
                return RateLocked();
            }
        }
    }

    /// <summary>How many nodes share the account's limit.</summary>
    public void Share(int nodes)
    {
        lock (_lock)
        {
            CountLocked();
            _nodes = Math.Max(1, nodes);
        }
    }

    /// <summary>Stripe said that there were too many.</summary>
    public void Lower()
    {
        lock (_lock)
        {
            CountLocked();
            if (_clock.GetElapsedTime(_loweredAt) < Once)
            {
                return;
            }

            (_share, _saved, _loweredAt) = (Math.Max(MinShare, _share * LoweredTo), 0, _clock.GetTimestamp());
        }
    }

    /// <summary>Waits until one more call may be made.</summary>
    /// <returns>False when that takes longer than the caller can wait, or too many wait already.</returns>
    public async Task<bool> TakeAsync(Lane lane, TimeSpan patience, CancellationToken ct)
    {
        LinkedListNode<Waiter> place;
        lock (_lock)
        {
            CountLocked();
            if (_waiting is 0 && _saved >= 1)
            {
                _saved--;
                return true;
            }

            if (_waiting >= MaxWaiting)
            {
                return false;
            }

            place = _lanes[(int)lane].AddLast(new Waiter(_arrived++));
            _waiting++;
            WakeLocked();
        }

        try
        {
            await place.Value.Turn.Task.WaitAsync(patience, _clock, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return !Leave(place);
        }
        catch (OperationCanceledException)
        {
            Leave(place);
            throw;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Serve()
    {
        lock (_lock)
        {
            CountLocked();
            while (_saved >= 1 && _waiting > 0)
            {
                var next = NextLocked();
                RemoveLocked(next);
                _saved--;
                next.Value.Turn.SetResult();
            }

            WakeLocked();
        }
    }

    /// <returns>False when the turn had come already.</returns>
    private bool Leave(LinkedListNode<Waiter> place)
    {
        lock (_lock)
        {
            if (place.List is null)
            {
                return false;
            }

            RemoveLocked(place);
            return true;
        }
    }

    private LinkedListNode<Waiter> NextLocked()
    {
        var first = _lanes.Select(lane => lane.First).OfType<LinkedListNode<Waiter>>();
        return ++_served % OldestOneIn is 0 ? first.MinBy(node => node.Value.Number)! : first.First();
    }

    private void RemoveLocked(LinkedListNode<Waiter> place)
    {
        place.List!.Remove(place);
        _waiting--;
    }

    private void CountLocked()
    {
        var passed = _clock.GetElapsedTime(_countedAt).TotalSeconds;
        _countedAt = _clock.GetTimestamp();
        _share = Math.Min(1, _share + (passed * RecoversPerSecond));
        _saved = Math.Min(Math.Max(1, RateLocked() * Burst.TotalSeconds), _saved + (passed * RateLocked()));
    }

    private double RateLocked() => _perSecond / _nodes * _share;

    private void WakeLocked()
    {
        if (_waiting > 0)
        {
            // A little late rather than a little early, when there would be nothing to give yet.
            var missing = TimeSpan.FromSeconds(Math.Max(0, 1 - _saved) / RateLocked());
            _timer.Change(missing + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    private sealed record Waiter(long Number)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
