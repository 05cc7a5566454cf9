using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Delivery;

/// <summary>
/// Moves the world's own time on: what it brings and what it delivers happen at their moments, one after the other, in the
/// order they are due.
/// </summary>
internal sealed class Passing(World world, Courier courier) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Keeps others from moving time meanwhile.</summary>
    public async Task AdvanceAsync(TimeSpan span, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var until = world.Clock.Now + span;
            while (await StepAsync(until, ct))
            {
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Makes happen what has come due by itself, up to the first thing to be sent.</summary>
    /// <returns>What to send now; or null, and how long until there may be something.</returns>
    public async Task<(Parcel? Parcel, TimeSpan Nap)> CatchUpAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            using (await world.EnterAsync(ct))
            {
                var now = world.Clock.Now;
                Passage.Run(world, null, now.ToUnixTimeSeconds(), _ => { });
                while (world.Outbox.Next(now.ToUnixTimeMilliseconds()) is { } sending)
                {
                    if (courier.Take(sending) is { } parcel)
                    {
                        return (parcel, TimeSpan.Zero);
                    }
                }

                var next = world.Outbox.Next(long.MaxValue)?.Due ?? long.MaxValue;
                return (null, TimeSpan.FromMilliseconds(Math.Clamp(next - now.ToUnixTimeMilliseconds(), 1, 60_000)));
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Lets time stand still, and nobody else touch the world, until what is returned is disposed of.</summary>
    public async Task<IDisposable> PauseAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            return new Pause(_one, await world.EnterAsync(ct));
        }
        catch
        {
            _one.Release();
            throw;
        }
    }

    public void Dispose() => _one.Dispose();

    private sealed class Pause(SemaphoreSlim one, IDisposable gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Dispose();
            one.Release();
        }
    }

    /// <returns>False when nothing is left until the moment, where time then stands.</returns>
    private async Task<bool> StepAsync(DateTimeOffset until, CancellationToken ct)
    {
        Parcel? parcel;
        using (await world.EnterAsync(ct))
        {
            var due = world.Timeline.Next(null, until.ToUnixTimeSeconds());
            var sending = world.Outbox.Next(until.ToUnixTimeMilliseconds());
            if (due is not null && (sending is null || due.At * 1000 <= sending.Due))
            {
                Passage.Happen(world, due, at => world.Clock.MoveTo(DateTimeOffset.FromUnixTimeSeconds(at)));
                return true;
            }

            if (sending is null)
            {
                world.Clock.MoveTo(until);
                return false;
            }

            world.Clock.MoveTo(DateTimeOffset.FromUnixTimeMilliseconds(sending.Due));
            parcel = courier.Take(sending);
        }

        if (parcel is not null)
        {
            await DeliverAsync(parcel, ct);
        }

        return true;
    }

    /// <summary>What arrived is noted down even when nobody waits any more; what did not is still to be sent.</summary>
    private async Task DeliverAsync(Parcel parcel, CancellationToken ct)
    {
        Arrived? arrived = null;
        try
        {
            arrived = await courier.SendAsync(parcel, ct);
        }
        finally
        {
            using (await world.EnterAsync(CancellationToken.None))
            {
                if (arrived is null)
                {
                    world.Outbox.Return(parcel.Sending);
                }
                else
                {
                    courier.Note(parcel, arrived);
                }
            }
        }
    }
}
