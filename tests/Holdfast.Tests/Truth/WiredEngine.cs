using Holdfast.AspNetCore;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Reconciliation;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Tests.Truth;

/// <summary>The engine wired as the server wires it, on a test's store and clock, with none of its loops running.</summary>
internal sealed class WiredEngine : IAsyncDisposable
{
    public const string Secret = "whsec_of_the_truth";
    public const string Key = "sk_test_of_the_truth";

    /// <summary>Every few seconds through a whole month would ask for nothing a hundred thousand times.</summary>
    public static readonly TimeSpan CatchUpInterval = TimeSpan.FromHours(4);

    private readonly IHost _host;
    private readonly Task _group;
    private readonly Worker _worker;
    private readonly LeasedWorker[] _leased;
    private bool _isApplying;

    private WiredEngine(IHost host)
    {
        _host = host;
        _worker = Get<Worker>();
        _leased = [.. host.Services.GetServices<LeasedWorker>()];
        Receiver = Get<Receiver>();
        _group = Get<GroupCommit>().RunAsync();
    }

    public Receiver Receiver { get; }

    /// <param name="stripe">Leads to Stripe's API.</param>
    /// <param name="secrets">Those of the endpoints, separated by commas.</param>
    public static async Task<WiredEngine> StartAsync(
        TestDatabase store, HttpMessageHandler stripe, string secrets, string? key, int seed)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["STRIPE_WEBHOOK_SECRET"] = secrets,
            ["STRIPE_SECRET_KEY"] = key,
            ["STRIPE_API_BASE"] = "http://127.0.0.1:1",
            ["Holdfast:Stripe:CatchUp:Interval"] = CatchUpInterval.ToString(),
            ["Holdfast:Stripe:CatchUp:UndeliveredInterval"] = CatchUpInterval.ToString(),
            ["HOLDFAST_MODE"] = "test",
            ["DATABASE_URL"] = store.Url,
        });
        builder.Services.AddSingleton<TimeProvider>(store.Clock);
        builder.Services.AddSingleton(new Random(seed));
        builder.AddHoldfast();
        builder.Services.AddSingleton(store.Database);
        builder.Services.AddSingleton(provider => new StripeClient(
            Http(provider.GetRequiredService<StripeCallPolicy>(), stripe), provider.GetRequiredService<StripeKeys>()));
        var engine = new WiredEngine(builder.Build());
        await engine._worker.StartAsync(TestContext.Current.CancellationToken);
        if (key is not null)
        {
            await engine.Get<CatchUp>().PrepareAsync(TestContext.Current.CancellationToken);
        }

        return engine;
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Applies what is due, unless that is under way already.</summary>
    public async Task ApplyAsync()
    {
        if (_isApplying)
        {
            return;
        }

        _isApplying = true;
        try
        {
            while (await _worker.TurnAsync(TestContext.Current.CancellationToken) > 0)
            {
            }
        }
        finally
        {
            _isApplying = false;
        }
    }

    /// <summary>Does what is due of the work that leaves the process. While Stripe is asked, time has to go on.</summary>
    /// <returns>How many jobs were done.</returns>
    public async Task<int> AskAsync()
    {
        var begun = 0;
        foreach (var leased in _leased)
        {
            begun += await leased.BeginAsync(TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(_leased.Select(leased => leased.DrainAsync()));
        await Get<StripeWatch>().TurnAsync(TestContext.Current.CancellationToken);
        return begun;
    }

    public async ValueTask DisposeAsync()
    {
        Get<GroupCommit>().Close();
        await _group;
        _host.Dispose();
    }

    private static HttpClient Http(StripeCallPolicy policy, HttpMessageHandler stripe)
    {
        policy.InnerHandler = stripe;
        return new(policy, disposeHandler: false)
        {
            BaseAddress = new("http://127.0.0.1:1"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }
}
