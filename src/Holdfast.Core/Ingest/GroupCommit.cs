using System.Threading.Channels;
using Holdfast.Jobs;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ingest;

/// <summary>
/// Makes deliveries durable together with their neighbours: one transaction, one flush to disk for all that wait.
/// Each is answered only after that flush, and only for itself.
/// </summary>
internal sealed partial class GroupCommit(
    Database database,
    EventKeeper keeper,
    Doorbell doorbell,
    IngestOptions options,
    TimeProvider clock,
    ILogger<GroupCommit> log)
{
    private static readonly Receipt.Unavailable TooMany = new("Too many deliveries wait to be stored.");
    private static readonly Receipt.Unavailable TooSlow = new("The store did not answer in time.");
    private static readonly Receipt.Unavailable Closed = new("The server is stopping.");

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(options.MaxQueued) { SingleReader = true });

    private long _queuedBytes;
    private volatile bool _isClosed;

    /// <summary>Returns when the delivery is durable, or when the sender had better try again.</summary>
    public async Task<Receipt> AddAsync(Delivery delivery)
    {
        if (Interlocked.Read(ref _queuedBytes) > options.MaxQueuedBytes)
        {
            return TooMany;
        }

        var waiting = new Waiting(delivery);
        if (!_queue.Writer.TryWrite(waiting))
        {
            return _isClosed ? Closed : TooMany;
        }

        Interlocked.Add(ref _queuedBytes, delivery.Body.Length);
        try
        {
            return await waiting.Answer.Task.WaitAsync(options.AnswerWithin, clock);
        }
        catch (TimeoutException)
        {
            return TooSlow;
        }
    }

    /// <summary>Runs until <see cref="Close"/> was called and everything that waited has been answered.</summary>
    public async Task RunAsync()
    {
        var group = new List<Waiting>(options.MaxGroup);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (group.Count < options.MaxGroup && _queue.Reader.TryRead(out var waiting))
            {
                Interlocked.Add(ref _queuedBytes, -waiting.Delivery.Body.Length);
                group.Add(waiting);
            }

            await StoreAsync(group);
            group.Clear();
        }
    }

    /// <summary>Takes no more deliveries.</summary>
    public void Close()
    {
        _isClosed = true;
        _queue.Writer.TryComplete();
    }

    private async Task StoreAsync(List<Waiting> group)
    {
        var commit = await KeepAsync(group);
        if (commit is Commit<Receipt[]>.RolledBack(var cause) && group.Count > 1 && !database.IsUnavailable(cause))
        {
            // One of them cannot be stored. The others must not suffer for it.
            LogGroupFailed(cause, group.Count);
            foreach (var waiting in group)
            {
                Answer([waiting], await KeepAsync([waiting]));
            }

            return;
        }

        Answer(group, commit);
    }

    private Task<Commit<Receipt[]>> KeepAsync(List<Waiting> group) => database.WriteAsync(
        Turn.Ingest,
        session => keeper.KeepAsync(session, [.. group.Select(waiting => waiting.Delivery)]),
        CancellationToken.None);

    private void Answer(List<Waiting> group, Commit<Receipt[]> commit)
    {
        switch (commit)
        {
            case Commit<Receipt[]>.Committed(var receipts):
                doorbell.Ring();
                foreach (var (waiting, receipt) in group.Zip(receipts))
                {
                    waiting.Answer.TrySetResult(receipt);
                }

                break;
            case Commit<Receipt[]>.RolledBack(var cause):
                LogNotStored(cause, group.Count);
                group.ForEach(waiting => waiting.Answer.TrySetResult(new Receipt.Unavailable("The store is unavailable.")));
                break;
            case Commit<Receipt[]>.Unknown(var cause):
                // It may be stored. Saying "try again" is right either way: a redelivery of what is stored is harmless.
                LogNotStored(cause, group.Count);
                group.ForEach(waiting => waiting.Answer.TrySetResult(new Receipt.Unavailable("The store is in doubt.")));
                break;
        }
    }

    private sealed record Waiting(Delivery Delivery)
    {
        public TaskCompletionSource<Receipt> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(1101, LogLevel.Error, "{Count} deliveries could not be stored together and are stored one by one.")]
    private partial void LogGroupFailed(Exception cause, int count);

    [LoggerMessage(1102, LogLevel.Error, "{Count} deliveries are not acknowledged: the store did not keep them. "
        + "Stripe will send them again.")]
    private partial void LogNotStored(Exception cause, int count);
}
