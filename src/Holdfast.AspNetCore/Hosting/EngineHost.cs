using Holdfast.Access;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Reconciliation;
using Holdfast.Storage;
using Holdfast.Stripe.Calls;
using Holdfast.Upkeep;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Hosting;

/// <summary>
/// Opens the store and runs the engine's loops for as long as the host lives. The web server stops before this does,
/// so deliveries in flight are still stored; then the queue is emptied, the batch in hand finished, and the end noted.
/// </summary>
internal sealed partial class EngineHost(
    Database database,
    GroupCommit group,
    Worker worker,
    IEnumerable<LeasedWorker> leasedWorkers,
    CatchUp catchUp,
    Heart heart,
    NodeBell bell,
    Upkeeper upkeeper,
    RefusalLog refusals,
    StripeWatch stripe,
    Endpoints endpoints,
    CurrentPlans plans,
    AttemptWatch attempts,
    WorkerOptions options,
    IHostApplicationLifetime lifetime,
    ILogger<EngineHost> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopWatching = new();
    private Task _group = Task.CompletedTask;
    private Task _loops = Task.CompletedTask;
    private Task _watch = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        LogEndpoints(endpoints.All.Count);
        if (plans.Value.All.Count is 0)
        {
            LogNoPlans();
        }

        _group = Start(group.RunAsync);
        _loops = Task.WhenAll([
            Start(() => worker.RunAsync(_stop.Token)),
            .. leasedWorkers.Select(leased => Start(() => leased.RunAsync(_stop.Token))),
            Start(() => catchUp.PrepareAsync(_stop.Token)),
            Start(() => heart.RunAsync(_stop.Token)),
            Start(() => bell.RunAsync(_stop.Token)),
            Start(() => upkeeper.RunAsync(_stop.Token)),
            Start(() => refusals.RunAsync(_stop.Token)),
            Start(() => stripe.RunAsync(_stop.Token))]);
        _watch = Start(() => WatchAsync(_stopWatching.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            group.Close();
            await _group.WaitAsync(cancellationToken);
            await _stop.CancelAsync();
            await _loops.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whatever still runs has the store in its hands: it ends with the process, and the next start is careful.
            LogNotDrained();
            return;
        }
        finally
        {
            await _stopWatching.CancelAsync();
        }

        await _watch;
        await database.DisposeAsync();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _stopWatching.Dispose();
    }

    /// <summary>A loop that ends by itself is broken: the process must not go on as if it worked.</summary>
    private Task Start(Func<Task> loop) => Task.Run(async () =>
    {
        try
        {
            await loop();
        }
        catch (Exception exception)
        {
            LogLoopBroken(exception);
            lifetime.StopApplication();
            throw;
        }
    });

    /// <summary>
    /// Work that keeps its thread and never lets go can be stopped by nobody but the end of the process. The next start
    /// runs what was due alone, so the culprit becomes a dead letter.
    /// </summary>
    private async Task WatchAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        var (attempt, looks) = (0L, 0);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                // Looks are counted and not time: a process that was frozen has done nothing all the while.
                looks = attempts.Since is not 0 and var since && since == attempt ? looks + 1 : 0;
                attempt = attempts.Since;
                if (looks * Look > options.HangLimit)
                {
                    LogHung(options.HangLimit);
                    Environment.Exit(ExitCodes.Hung);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    [LoggerMessage(2101, LogLevel.Critical, "A loop of the engine broke; the server stops so that it can be started again.")]
    private partial void LogLoopBroken(Exception exception);

    [LoggerMessage(2103, LogLevel.Debug, "{Count} webhook endpoints can be verified.")]
    private partial void LogEndpoints(int count);

    [LoggerMessage(2105, LogLevel.Warning, "There is no plans.json, so nothing is granted to anybody. Put one beside the "
        + "database or name it with HOLDFAST_PLANS; docs/access.md tells how.")]
    private partial void LogNoPlans();

    [LoggerMessage(2104, LogLevel.Error, "Stopping took too long; what still runs ends with the process.")]
    private partial void LogNotDrained();

    [LoggerMessage(2102, LogLevel.Critical, "A batch has kept the worker for more than {Limit} and cannot be stopped: the "
        + "process ends. Have it started again (systemd Restart=always); what was due is then run alone.")]
    private partial void LogHung(TimeSpan limit);
}

internal static class ExitCodes
{
    /// <summary>The worker hung; BSD's EX_SOFTWARE.</summary>
    public const int Hung = 70;
}
