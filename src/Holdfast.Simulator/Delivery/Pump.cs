using System.Threading.Channels;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Delivery;

/// <summary>While time flows by itself: makes happen what has come due, and delivers, a few at once.</summary>
internal sealed class Pump(World world, Passing passing, Courier courier) : IAsyncDisposable
{
    private static readonly TimeSpan LongestNap = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _doorbell = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Start()
    {
        world.Stirred = Ring;
        var parcels = Channel.CreateBounded<Parcel>(1);
        _running = Task.WhenAll(
            [FeedUntilItBreaksAsync(parcels.Writer, _stopping.Token), .. Enumerable.Range(0, world.Delivery.Concurrency)
                .Select(_ => DeliverAsync(parcels.Reader, _stopping.Token))]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It was told to.
        }

        world.Stirred = null;
        _stopping.Dispose();
        _doorbell.Dispose();
    }

    private void Ring()
    {
        // Rung under the world's gate, so by one at a time.
        if (_doorbell.CurrentCount == 0)
        {
            _doorbell.Release();
        }
    }

    /// <summary>What breaks the course of time is told to whoever calls the API from then on.</summary>
    private async Task FeedUntilItBreaksAsync(ChannelWriter<Parcel> parcels, CancellationToken ct)
    {
        try
        {
            await FeedAsync(parcels, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            world.Break(error);
        }
    }

    private async Task FeedAsync(ChannelWriter<Parcel> parcels, CancellationToken ct)
    {
        while (true)
        {
            var (parcel, nap) = await passing.CatchUpAsync(ct);
            if (parcel is not null)
            {
                await parcels.WriteAsync(parcel, ct);
            }
            else
            {
                await _doorbell.WaitAsync(nap < LongestNap ? nap : LongestNap, ct);
            }
        }
    }

    private async Task DeliverAsync(ChannelReader<Parcel> parcels, CancellationToken ct)
    {
        await foreach (var parcel in parcels.ReadAllAsync(ct))
        {
            if (!courier.IsOfThisWorld(parcel))
            {
                continue;
            }

            var arrived = await courier.SendAsync(parcel, ct);
            using (await world.EnterAsync(ct))
            {
                Note(parcel, arrived);
                Ring();
            }
        }
    }

    /// <summary>Other deliveries go on when one cannot be noted down; whoever calls the API from then on is told.</summary>
    private void Note(Parcel parcel, Arrived arrived)
    {
        try
        {
            courier.Note(parcel, arrived);
        }
        catch (Exception error)
        {
            world.Break(error);
        }
    }
}
