using Holdfast.Nodes;
using Holdfast.Storage;

namespace Holdfast.AspNetCore.Hosting;

/// <summary>
/// Whether a write can become durable now: nothing less lets a delivery be acknowledged. Everybody may ask, so all who
/// ask within a second share one answer, and a flood of them costs the store nothing.
/// </summary>
internal sealed class Readiness(Database database, NodeStore nodes, ThisNode node, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerHolds = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private long? _askedAt;
    private bool _ready;
    private Task<Commit<bool>>? _probe;

    public async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_askedAt is not { } asked || clock.GetElapsedTime(asked) >= AnswerHolds)
            {
                _ready = await CanWriteAsync();
                _askedAt = clock.GetTimestamp();
            }

            return _ready;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> CanWriteAsync()
    {
        try
        {
            // One that was not answered in time goes on, in a place that deliveries need: there is never a second.
            _probe = _probe is { IsCompleted: false } late
                ? late
                : database.WriteAsync<bool>(
                    Turn.Ingest, session => nodes.BeatAsync(session, node.Id, clock.GetUtcNow()), CancellationToken.None);
            return await _probe.WaitAsync(Patience, clock) is Commit<bool>.Committed(true);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
