namespace Holdfast.Storage;

/// <summary>
/// Whose turn it is to write on an engine with one writer. Deliveries go first, because Stripe and a customer wait
/// for the answer; work that waits goes after every delivery group, or a steady stream would starve it and the
/// backlog would grow without end.
/// </summary>
internal sealed class WriterTurn
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _ingest = [];
    private readonly LinkedList<TaskCompletionSource> _work = [];
    private bool _taken;
    private Turn _last = Turn.Work;

    /// <summary>Waits for the turn. It is given back by <see cref="Release"/>.</summary>
    public async Task TakeAsync(Turn turn, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> place;
        lock (_lock)
        {
            if (!_taken)
            {
                _taken = true;
                _last = turn;
                return;
            }

            place = Line(turn).AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await using var leaving = ct.Register(() => Leave(place, ct));
        await place.Value.Task;
    }

    public void Release()
    {
        lock (_lock)
        {
            var next = (_ingest.First, _work.First) switch
            {
                (null, null) => null,
                (var delivery, null) => delivery,
                (null, var work) => work,
                var (delivery, work) => _last is Turn.Ingest ? work : delivery,
            };
            if (next is null)
            {
                _taken = false;
                return;
            }

            _last = next.List == _ingest ? Turn.Ingest : Turn.Work;
            next.List!.Remove(next);
            next.Value.SetResult();
        }
    }

    private LinkedList<TaskCompletionSource> Line(Turn turn) => turn is Turn.Ingest ? _ingest : _work;

    private void Leave(LinkedListNode<TaskCompletionSource> place, CancellationToken ct)
    {
        lock (_lock)
        {
            if (place.List is not null)
            {
                place.List.Remove(place);
                place.Value.SetCanceled(ct);
            }
        }
    }
}
