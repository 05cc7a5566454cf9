namespace Holdfast.Stripe.Calls;

/// <summary>
/// Lets calls on one object go one after another once Stripe has said that they hinder each other, for a while.
/// </summary>
/// <remarks>https://docs.stripe.com/rate-limits#object-lock-timeouts</remarks>
internal sealed class ObjectTurns(TimeProvider clock)
{
    public const int MaxObjects = 1000;

    public static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Turns> _objects = new(StringComparer.Ordinal);

    /// <summary>From now on, calls on this object wait for each other.</summary>
    public void Serialise(string @object)
    {
        lock (_lock)
        {
            ForgetLocked();
            if (_objects.TryGetValue(@object, out var turns) || _objects.Count < MaxObjects)
            {
                turns ??= _objects[@object] = new();
                turns.Since = clock.GetTimestamp();
            }
        }
    }

    /// <summary>Waits for those before.</summary>
    /// <returns>The turn, to be given back; null when none is needed.</returns>
    public async Task<IDisposable?> EnterAsync(string? @object, CancellationToken ct)
    {
        Turns? turns;
        lock (_lock)
        {
            ForgetLocked();
            turns = @object is null ? null : _objects.GetValueOrDefault(@object);
            if (turns is null)
            {
                return null;
            }

            turns.Users++;
        }

        try
        {
            await turns.One.WaitAsync(ct);
            return new Taken(this, turns);
        }
        catch (OperationCanceledException)
        {
            Leave(turns);
            throw;
        }
    }

    private void Leave(Turns turns)
    {
        lock (_lock)
        {
            turns.Users--;
        }
    }

    private void ForgetLocked()
    {
        foreach (var (name, turns) in _objects)
        {
            if (turns.Users is 0 && clock.GetElapsedTime(turns.Since) >= Hold)
            {
                _objects.Remove(name);
                turns.One.Dispose();
            }
        }
    }

    private sealed class Turns
    {
        public SemaphoreSlim One { get; } = new(1);

        public long Since { get; set; }

        public int Users { get; set; }
    }

    private sealed class Taken(ObjectTurns owner, Turns turns) : IDisposable
    {
        public void Dispose()
        {
            turns.One.Release();
            owner.Leave(turns);
        }
    }
}
