namespace Holdfast.Simulator.Scenarios;

/// <summary>Plays stories side by side in simulated time: whoever is next has the next deed, at its moment.</summary>
/// <param name="now">The world's time.</param>
/// <param name="moveTo">Lets the world's time pass until a moment.</param>
internal sealed class Stage(Func<DateTimeOffset> now, Func<DateTimeOffset, CancellationToken, Task> moveTo)
    : IAsyncDisposable
{
    /// <summary>By when they are next; at one moment, in the order they came to wait.</summary>
    private readonly PriorityQueue<Actor, (DateTimeOffset At, long Entry)> _waiting = new();

    private long _entries;

    public bool IsOver => _waiting.Count is 0;

    /// <summary>When the next deed is due; null when every story is at its end.</summary>
    public DateTimeOffset? NextAt => _waiting.TryPeek(out _, out var due) ? due.At : null;

    public void Enter(Shopper shopper, Story story, DateTimeOffset at) =>
        _waiting.Enqueue(new(shopper, story(shopper).GetAsyncEnumerator()), (at, ++_entries));

    /// <summary>Plays on until the moment; what is due later waits for the next call.</summary>
    public async Task PlayAsync(DateTimeOffset until, CancellationToken ct)
    {
        while (_waiting.TryPeek(out var next, out var due) && due.At <= until)
        {
            ct.ThrowIfCancellationRequested();
            _waiting.Dequeue();
            await moveTo(due.At, ct);
            next.Shopper.Now = now();
            if (await GoesOnAsync(next))
            {
                _waiting.Enqueue(next, (now() + next.Deeds.Current, ++_entries));
            }
            else
            {
                await next.Deeds.DisposeAsync();
            }
        }
    }

    /// <summary>Plays every story to its end.</summary>
    public Task PlayAsync(CancellationToken ct) => PlayAsync(DateTimeOffset.MaxValue, ct);

    public async ValueTask DisposeAsync()
    {
        while (_waiting.TryDequeue(out var left, out _))
        {
            await left.Deeds.DisposeAsync();
        }
    }

    private static async Task<bool> GoesOnAsync(Actor actor)
    {
        try
        {
            return await actor.Deeds.MoveNextAsync();
        }
        catch (BrokenOffException)
        {
            return false;
        }
    }

    private sealed record Actor(Shopper Shopper, IAsyncEnumerator<TimeSpan> Deeds);
}
