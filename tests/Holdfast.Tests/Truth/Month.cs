using System.Text.Json.Nodes;
using Holdfast.Apply;
using Holdfast.Reconciliation;
using Holdfast.Simulator;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;
using Holdfast.Stripe;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Truth;

/// <summary>
/// A month of a simulated shop and a whole engine beside it, in one simulated time that one hand moves on: from one moment
/// at which something happens on either side to the next. Where the engine waits, time goes on and the shop with it.
/// </summary>
internal sealed class Month : IAsyncDisposable
{
    private const int Customers = 4;

    private static readonly DateTimeOffset Opening = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(12);

    private static readonly Uri Webhook = new("http://holdfast.test/webhooks/stripe");

    private static readonly ApiVersion[] Versions =
        [ApiVersion.Endive, ApiVersion.Endive, ApiVersion.Basil, ApiVersion.Acacia];

    private readonly int _seed;
    private readonly Random _chance;
    private readonly Climate _climate;
    private readonly ManualClock _clock = new(Opening);
    private readonly Door _door;
    private TestDatabase _store = null!;
    private StripeSimulator _stripe = null!;
    private RunningShop _shop = null!;
    private Shopkeeper _keeper = null!;
    private WiredEngine _engine = null!;
    private bool _asks;
    private bool _isOver;
    private int _ticks;

    private Month(int seed)
    {
        _seed = seed;
        _chance = new Random(seed);
        _climate = Climate.Of(seed);
        _door = new Door(() => _engine.Receiver, CatchUpClock, AfterDeliveryAsync);
    }

    public Climate Climate => _climate;

    public Line Line { get; private set; } = null!;

    /// <summary>How many events came in.</summary>
    public int Events => _door.Events;

    /// <summary>What struck, and how often.</summary>
    public string Struck => _stripe.World.Counts.ToJson().ToJsonString();

    /// <param name="key">What the engine asks Stripe with; null asks nothing.</param>
    public static async Task<Month> OpenAsync(Engine engine, int seed, string? key = WiredEngine.Key)
    {
        var month = new Month(seed);
        await month.OpenAsync(engine, key);
        return month;
    }

    public Figures Figures => new(_climate, Events, Line.Fetches, Line.Calls, Line.MostInASecond, _ticks);

    /// <summary>Lets the month pass, in its weather.</summary>
    public async Task PassAsync()
    {
        await BeginAsync();
        await PassAsync(RunningShop.Month);
        await _keeper.DeleteACustomerAsync();
    }

    /// <summary>From here on customers come, and the weather is what it is.</summary>
    public async Task BeginAsync()
    {
        await _shop.ExpectAsync(Customers, firstStory: _seed, TestContext.Current.CancellationToken);
        _stripe.World.Forecast = _climate.Forecast with { HeldFor = TimeSpan.Zero, SlowFor = TimeSpan.Zero };
    }

    public async Task PassAsync(TimeSpan span)
    {
        var end = _stripe.Now + span;
        while (_stripe.Now < end)
        {
            await PassUntilAsync(await NextAsync(end));
            if (!_climate.IsMild && _chance.Next(8) is 0)
            {
                await _keeper.ActAsync();
            }

            await TickAsync();
        }
    }

    /// <summary>Lets time pass until so many more events have come in.</summary>
    public async Task PassUntilToldAsync(int events)
    {
        var (enough, end) = (Events + events, _stripe.Now + RunningShop.Month);
        while (Events < enough)
        {
            Assert.True(_stripe.Now < end, $"In a month fewer than {events} events came in.");
            await PassAsync(TimeSpan.FromMinutes(5));
        }
    }

    /// <summary>Stripe takes the engine's key no more.</summary>
    public void RevokeKey() => _stripe.World.Keys.Revoke(WiredEngine.Key);

    public void RestoreKey() => _stripe.World.Keys.Restore(WiredEngine.Key);

    /// <summary>Has something changed at Stripe, as an application would.</summary>
    public Task<ChangeAnswer> ChangeAsync(string idempotencyKey) => RunAsync(_engine.Get<StripeClient>().ChangeAsync(
        new()
        {
            Path = "/v1/customers",
            Form = [("name", "Ada")],
            IdempotencyKey = idempotencyKey,
            Job = StripeJob.Payments,
            Lane = Lane.Live,
            Cause = "truth",
        },
        TestContext.Current.CancellationToken));

    /// <summary>Lets the weather clear and the customers rest, until nothing is left to be told, asked or done.</summary>
    public async Task SettleAsync()
    {
        _stripe.World.Forecast = Forecast.Calm;
        _isOver = true;
        await RestAsync();

        // What was never delivered is found at the latest when it is asked for again.
        await PassUntilAsync(_stripe.Now + WiredEngine.CatchUpInterval + TimeSpan.FromMinutes(1));
        await TickAsync();
        await RestAsync();
    }

    public Task<Comparison> CompareAsync() => Comparison.MakeAsync(_stripe, Line, _store);

    /// <summary>How many jobs are dead letters.</summary>
    public Task<long> DeadAsync() => _store.NumberAsync("select count(*) from jobs where state = 'dead'");

    /// <summary>How many jobs of this kind are still to be done.</summary>
    public Task<long> OpenAsync(string kind) =>
        _store.NumberAsync($"select count(*) from jobs where kind = '{kind}' and state in ('waiting', 'running')");

    /// <summary>What stands open of what a person should know.</summary>
    public Task<List<string>> AlertsAsync() => _store.TextsAsync("select kind from alerts where cleared_at is null");

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _shop.DisposeAsync();
        await _stripe.DisposeAsync();
        _door.Dispose();
        await _store.DisposeAsync();
    }

    private async Task RestAsync()
    {
        var end = _stripe.Now + TimeSpan.FromDays(2);
        while (_stripe.World.Outbox.Count > 0 || await NextJobAsync() is not null)
        {
            Assert.True(_stripe.Now < end, "It does not come to rest.");
            await PassUntilAsync(await NextAsync(end));
            await TickAsync();
        }
    }

    private async Task OpenAsync(Engine engine, string? key)
    {
        _store = await TestDatabase.CreateAsync(engine, _clock);
        _stripe = await StripeSimulator.StartAsync(
            new()
            {
                Port = null,
                Seed = _seed,
                Time = new TimeOf(() => Opening),
                // The engine's clock follows when a delivery arrives, which is after it was signed.
                SigningTime = new TimeOf(() => _stripe.Now),
                Carrier = _door,
                Version = Versions[_chance.Next(Versions.Length)],
            },
            TestContext.Current.CancellationToken);
        Line = new Line(_stripe, _clock, new Random(_seed));
        _shop = _stripe.OpenShop();
        _keeper = new Shopkeeper(_stripe, _chance);
        var secrets = WiredEngine.Secret;
        if (_seed % 7 is 0 && !_climate.IsMild)
        {
            secrets += $",{await AddThinEndpointAsync()}";
        }

        _asks = key is not null;
        _engine = await WiredEngine.StartAsync(_store, Line, secrets, key, _seed);
        await _stripe.AddEndpointAsync(
            Webhook,
            WiredEngine.Secret,
            Versions[_chance.Next(Versions.Length)],
            ct: TestContext.Current.CancellationToken);

        // Catching up begins with its first look: whatever is lost from here on is found.
        await TickAsync();
    }

    /// <summary>Everything is told by thin events too, which say no more than what has changed.</summary>
    /// <returns>Its secret.</returns>
    private async Task<string> AddThinEndpointAsync()
    {
        var made = await _stripe.CallAsync(
            new("POST", "/v2/core/event_destinations")
            {
                Key = WiredEngine.Key,
                Version = ApiVersion.Newest.Name,
                Body = new JsonObject
                {
                    ["name"] = "thin",
                    ["type"] = "webhook_endpoint",
                    ["event_payload"] = "thin",
                    ["enabled_events"] = new JsonArray("*"),
                    ["webhook_endpoint"] = new JsonObject { ["url"] = Webhook.ToString() },
                    ["include"] = new JsonArray("webhook_endpoint.signing_secret"),
                }.ToJsonString(),
            },
            TestContext.Current.CancellationToken);
        return (string?)made.Json["webhook_endpoint"]?["signing_secret"] ?? throw new InvalidOperationException(made.Body);
    }

    /// <summary>Whatever the engine has to do now.</summary>
    private async Task TickAsync()
    {
        _ticks++;
        do
        {
            await RunAsync(_engine.ApplyAsync());
        }
        while (await RunAsync(_engine.AskAsync()) > 0);
    }

    private async Task<T> RunAsync<T>(Task<T> work)
    {
        await RunAsync((Task)work);
        return await work;
    }

    /// <summary>Lets time pass for as long as this work waits for it.</summary>
    private async Task RunAsync(Task work)
    {
        while (!work.IsCompleted)
        {
            var begun = _clock.DelayBegun;
            if (_clock.NextDelay is { } next)
            {
                await PassUntilAsync(next);
                await _engine.ApplyAsync();
            }
            else
            {
                await Task.WhenAny(work, begun);
            }
        }

        await work;
    }

    private async Task PassUntilAsync(DateTimeOffset moment)
    {
        if (moment - _stripe.Now is var span && span > TimeSpan.Zero)
        {
            await (_isOver
                ? _stripe.AdvanceAsync(span, TestContext.Current.CancellationToken)
                : _shop.PassAsync(span, TestContext.Current.CancellationToken));
        }

        CatchUpClock();
    }

    private void CatchUpClock()
    {
        if (_stripe.Now - _clock.GetUtcNow() is { } behind && behind > TimeSpan.Zero)
        {
            _clock.Advance(behind);
        }
    }

    /// <summary>Now and then the worker is quicker than the next delivery.</summary>
    private Task AfterDeliveryAsync() => _chance.Next(4) is 0 ? _engine.ApplyAsync() : Task.CompletedTask;

    /// <summary>When something happens next on either side, or a little later.</summary>
    private async Task<DateTimeOffset> NextAsync(DateTimeOffset end)
    {
        var now = _stripe.Now;
        DateTimeOffset?[] moments =
        [
            end,
            now + LongestRest,
            _isOver ? null : _shop.NextAt,
            _stripe.World.Outbox.Next(long.MaxValue) is { } sending ? DateTimeOffset.FromUnixTimeMilliseconds(sending.Due) : null,
            _stripe.World.Timeline.Next(null, long.MaxValue) is { } due ? DateTimeOffset.FromUnixTimeSeconds(due.At) : null,
            await NextJobAsync(),
        ];
        var next = moments.Min()!.Value + Some();
        return next > now ? next : now + TimeSpan.FromMilliseconds(50);
    }

    /// <summary>Mostly moments, so that little is told together; now and then minutes, so that much is.</summary>
    private TimeSpan Some() => _chance.Next(10) switch
    {
        < 6 => TimeSpan.FromMilliseconds(_chance.Next(1_500)),
        < 9 => TimeSpan.FromMilliseconds(_chance.Next(20_000)),
        _ => TimeSpan.FromMilliseconds(_chance.Next(600_000)),
    };

    /// <summary>
    /// When a job is due next; that of catching up never ends, and has its turn whenever others have. Without a key, what is to
    /// be fetched waits for one.
    /// </summary>
    private async Task<DateTimeOffset?> NextJobAsync() => await _store.NumberAsync(
        $"""
        select coalesce(min(run_at), {_store.Say("0", "to_timestamp(0)")})
        from jobs
        where state = 'waiting' and kind <> '{CatchUp.JobKind}' and kind <> '{(_asks ? "" : Fetch.JobKind)}'
        """) is > 0 and var at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at)
        : null;

    private sealed class TimeOf(Func<DateTimeOffset> now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now();
    }
}

/// <summary>What there was to do in a month, and what was asked of Stripe.</summary>
internal sealed record Figures(Climate Climate, int Events, int Fetches, int Calls, int MostInASecond, int Ticks);
