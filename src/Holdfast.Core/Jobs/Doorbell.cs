using System.Threading.Channels;

namespace Holdfast.Jobs;

/// <summary>A hint that work may be waiting. Losing one costs only latency: the worker also looks by itself.</summary>
internal sealed class Doorbell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Channel<bool> _untold = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile Doorbell[] _repeaters = [];

    /// <summary>Another bell, for somebody else who waits: it is heard whenever this one is.</summary>
    public Doorbell Repeat()
    {
        var repeater = new Doorbell();
        lock (_rung)
        {
            _repeaters = [.. _repeaters, repeater];
        }

        return repeater;
    }

    /// <summary>There may be work, and the other nodes should hear of it.</summary>
    public void Ring()
    {
        Hear();
        _untold.Writer.TryWrite(true);
    }

    /// <summary>Another node has rung.</summary>
    public void Hear()
    {
        _rung.Writer.TryWrite(true);
        foreach (var repeater in _repeaters)
        {
            repeater.Hear();
        }
    }

    /// <summary>Returns when it was rung here and the other nodes have not been told.</summary>
    public ValueTask<bool> UntoldAsync(CancellationToken ct) => _untold.Reader.ReadAsync(ct);

    /// <summary>Returns when it was rung, or after the time is up.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await _rung.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nobody rang in time, which is what the caller wants to know.
        }
    }
}
