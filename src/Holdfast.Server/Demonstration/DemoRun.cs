using System.Diagnostics;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;
using Holdfast.Simulator.Scenarios;

namespace Holdfast.Server.Demonstration;

/// <summary>
/// A month after the other: customers come, pay, fail to, leave; Stripe tells of it in bad weather; and at the end of
/// each month both sides are compared.
/// </summary>
internal sealed class DemoRun(DemoOptions options, DemoDirectory directory, DemoServer server, DemoStripe stripe)
    : IAsyncDisposable
{
    private static readonly int DaysOfMonth = (int)RunningShop.Month.TotalDays;

    /// <summary>Slow enough to be watched when nobody waits for the end.</summary>
    private static readonly TimeSpan DayToBeSeen = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly DemoScreen _screen = new();
    private readonly TimeProvider _time = TimeProvider.System;

    public static async Task<DemoRun> StartAsync(DemoOptions options, CancellationToken ct)
    {
        var directory = new DemoDirectory();
        DemoStripe? stripe = null;
        DemoServer? server = null;
        try
        {
            stripe = await DemoStripe.StartAsync(options.Seed, ct);
            server = await DemoServer.StartAsync(directory, stripe.Url, options.Port, ct);
            var run = new DemoRun(options, directory, server, stripe);
            await run.UntilAsync(IsAsking, ct);
            await stripe.TellAsync(server, ct);
            return run;
        }
        catch
        {
            await (stripe?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
            directory.Dispose();
            throw;
        }
    }

    public async Task<int> RunAsync(CancellationToken ct)
    {
        DemoScreen.Announce(server, stripe, directory, options);
        var agree = true;
        try
        {
            for (var month = 1; month <= (options.Months ?? int.MaxValue); month++)
            {
                agree &= await MonthAsync(month, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Screen.Line("Stopped.");
        }

        if (agree)
        {
            return ExitCode.Fine;
        }

        directory.IsKept = true;
        Screen.Line($"What Holdfast holds stays in {directory.Path}; --seed {options.Seed} plays the same run again.");
        return ExitCode.Found;
    }

    public async ValueTask DisposeAsync()
    {
        await stripe.DisposeAsync();
        await server.DisposeAsync();
        directory.Dispose();
    }

    private async Task<bool> MonthAsync(int month, CancellationToken ct)
    {
        await stripe.Shop.ExpectAsync(options.Customers, ct);
        for (var day = 1; day <= DaysOfMonth; day++)
        {
            var began = _time.GetTimestamp();
            await stripe.Shop.PassAsync(TimeSpan.FromDays(1), ct);
            _screen.Show(month, day, DaysOfMonth, await stripe.CountsAsync(ct), await StatsAsync(ct));
            if (options.Months is null && DayToBeSeen - _time.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _time, ct);
            }
        }

        var settled = await stripe.SettleAsync(ct);
        var stats = await UntilAsync(stats => IsCaughtUp(stats, settled) && IsIdle(stats), ct);
        var agreement = await Agreement.SeekAsync(await stripe.ToldAsync(ct), server.Api, ct);
        _screen.ShowMonth(month, stripe.Now, stats, agreement);
        return agreement.IsReached;
    }

    private async Task<JsonElement> StatsAsync(CancellationToken ct) =>
        (await server.Api.GetAsync(ApiPath.Of("stats"), ct)).Root;

    /// <summary>Waits until Holdfast is where it has to be.</summary>
    private async Task<JsonElement> UntilAsync(Func<JsonElement, bool> isThere, CancellationToken ct)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var stats = await StatsAsync(ct);
            if (isThere(stats))
            {
                return stats;
            }

            if (since.Elapsed > Patience)
            {
                throw new VerbException($"Holdfast was not done after {Patience.TotalSeconds} seconds.");
            }

            await Task.Delay(Glance, _time, ct);
        }
    }

    /// <summary>From now on it would find out what was not delivered.</summary>
    private static bool IsAsking(JsonElement stats) => CompleteUntil(stats) is not null;

    private static bool IsCaughtUp(JsonElement stats, DateTimeOffset until) => CompleteUntil(stats) >= until;

    /// <summary>Nothing is left to be applied, nor to be asked.</summary>
    private static bool IsIdle(JsonElement stats) =>
        stats.Get("jobs").EnumerateObject().All(kind => kind.Value.Text("open") is "0");

    private static DateTimeOffset? CompleteUntil(JsonElement stats) =>
        stats.Get("catch_up").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } ours
            && ours.Get("complete_until") is { ValueKind: JsonValueKind.String } until
                ? until.GetDateTimeOffset()
                : null;
}
