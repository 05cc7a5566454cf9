using Holdfast.Access;
using Holdfast.Alerts;
using Holdfast.Apply;
using Holdfast.AspNetCore.Api;
using Holdfast.AspNetCore.Configuration;
using Holdfast.AspNetCore.Hosting;
using Holdfast.Audit;
using Holdfast.Findings;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Nodes;
using Holdfast.Reconciliation;
using Holdfast.Storage;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;
using Holdfast.Telemetry;
using Holdfast.Tokens;
using Holdfast.Upkeep;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Holdfast.AspNetCore;

/// <summary>Puts Holdfast into an ASP.NET Core application. <see cref="HoldfastRoutes.MapHoldfast"/> maps its routes.</summary>
public static class HoldfastServices
{
    /// <summary>Reads the configuration, and registers the engine, its loops, its API and its bearer tokens.</summary>
    /// <exception cref="HoldfastConfigurationException">The configuration cannot be used; every error is in it.</exception>
    public static IHostApplicationBuilder AddHoldfast(this IHostApplicationBuilder builder)
    {
        AddSecretsDirectory(builder);
        var settings = HoldfastSettings.Read(builder.Configuration, builder.Environment.IsProduction());
        var plans = PlansFileLoader.Load(settings);
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(settings.Options.Ingest);
        services.AddSingleton(settings.Options.Jobs);
        services.AddSingleton(settings.Options.Access);
        services.AddSingleton(settings.Options.Stripe);
        services.AddSingleton(settings.Options.Retention);
        services.AddSingleton(new CurrentPlans(plans));
        services.TryAddSingleton(settings.Store.ClockOver(TimeProvider.System));
        services.TryAddSingleton<Random>(_ => new Random());
        AddEngine(services, settings);
        AddApi(services);
        services.AddSingleton<Readiness>();
        services.AddHostedService<EngineHost>();
        return builder;
    }

    private static void AddEngine(IServiceCollection services, HoldfastSettings settings)
    {
        services.AddSingleton(provider => settings.Store.Open(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<CounterStore>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<FindingStore>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<TokenStore>();

        services.AddSingleton<NodeStore>();
        services.AddSingleton(new ThisNode(settings.Node, ProductVersion.Text));
        services.AddSingleton<JobStore>();
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<Doorbell>();
        services.AddSingleton<AttemptWatch>();
        services.AddSingleton<BatchHandler>(provider => provider.GetRequiredService<EventJobHandler>());
        services.AddSingleton<Worker>();
        services.AddSingleton<Heart>();
        services.AddSingleton<NodeBell>();
        services.AddSingleton<UpkeepStore>();
        services.AddSingleton<Upkeeper>();

        services.AddSingleton(provider => LiveEndpoints(
            settings,
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<StripeKeys>(),
            provider.GetRequiredService<ILogger<Endpoints>>()));
        services.AddSingleton<EventStore>();
        services.AddSingleton<EventKeeper>();
        services.AddSingleton<GroupCommit>();
        services.AddSingleton<RefusalStore>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<Receiver>();

        services.AddSingleton(new StripeKeys(settings.Options.Stripe, settings.Mode));
        services.AddSingleton<StripeCalls>();
        services.AddTransient(provider => new StripeCallPolicy(provider.GetRequiredService<StripeCalls>()));
        services.AddSingleton(provider => new StripeClient(
            StripeHttp.Client(settings.Options.Stripe, provider.GetRequiredService<StripeCallPolicy>()),
            provider.GetRequiredService<StripeKeys>()));
        services.AddSingleton<CallStore>();
        services.AddSingleton<StripeWatch>();

        services.AddSingleton<CursorStore>();
        services.AddSingleton<EventIntake>();
        AddLeased<CatchUp>(services);

        services.AddSingleton<ObjectStore>();
        services.AddSingleton<ObservedObjects>();
        services.AddSingleton<ParkedStore>();
        services.AddSingleton<Parking>();
        AddLeased<LookupHandler>(services);
        services.AddSingleton<FetchStore>();
        services.AddSingleton<Doubts>();
        services.AddSingleton<EventJobHandler>();
        AddLeased<FetchHandler>(services);
        services.AddSingleton<Rehearsal>();

        services.AddSingleton<AccountStore>();
        services.AddSingleton<AccountBinder>();
        services.AddSingleton<AccountFinder>();
        services.AddSingleton<NeedsReader>();
        services.AddSingleton<AccessReader>();
        services.AddSingleton<AccessChecker>();
    }

    /// <summary>Has the work of one kind that leaves the process done, by a loop of its own.</summary>
    private static void AddLeased<THandler>(IServiceCollection services)
        where THandler : LeasedHandler
    {
        services.AddSingleton<THandler>();
        services.AddSingleton(provider => new LeasedWorker(
            provider.GetRequiredService<THandler>(),
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<JobStore>(),
            provider.GetRequiredService<Doorbell>(),
            provider.GetRequiredService<WorkerOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            new Random(provider.GetRequiredService<Random>().Next()),
            provider.GetRequiredService<ILogger<LeasedWorker>>()));
    }

    private static void AddApi(IServiceCollection services)
    {
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Resolver()));

        // Not AddAuthentication(): that also makes and stores encryption keys, which tokens have no use for.
        services.AddWebEncoders();
        services.AddTransient<TokenAuthentication>();
        services.AddAuthenticationCore(authentication => authentication.AddScheme<TokenAuthentication>(
            TokenAuthentication.SchemeName, displayName: null));
        var authorization = services.AddAuthorizationBuilder();
        foreach (var role in Enum.GetValues<Role>())
        {
            authorization.AddPolicy(
                Policies.Of(role),
                policy => policy
                    .AddAuthenticationSchemes(TokenAuthentication.SchemeName)
                    .RequireRole(TokenStore.NameOf(role)));
        }

        services.AddOpenApi("v1", OpenApiDescription.Configure);
    }

    /// <summary>A file per secret, as orchestrators mount them; a changed file takes effect without a restart.</summary>
    private static void AddSecretsDirectory(IHostApplicationBuilder builder)
    {
        if (builder.Configuration["Holdfast:SecretsDirectory"] is { Length: > 0 } directory)
        {
            builder.Configuration.AddKeyPerFile(Path.GetFullPath(directory), optional: false, reloadOnChange: true);
        }
    }

    /// <summary>The endpoints. Their secrets, and the keys, follow the configuration while the server runs.</summary>
    private static Endpoints LiveEndpoints(
        HoldfastSettings settings, IConfiguration configuration, StripeKeys keys, ILogger<Endpoints> log)
    {
        var endpoints = new Endpoints(settings.Options.Ingest, settings.Mode);
        ChangeToken.OnChange(
            configuration.GetReloadToken,
            () =>
            {
                try
                {
                    var changed = HoldfastSettings.Read(configuration, isProduction: true);
                    endpoints.Replace(changed.Options.Ingest, settings.Mode);
                    keys.Replace(changed.Options.Stripe.Keys);
                    ConfigurationLog.SecretsReplaced(
                        log, endpoints.All.Sum(endpoint => endpoint.Secrets.Count), keys.All.Count);
                }
                catch (Exception exception) when (exception is HoldfastConfigurationException or ArgumentException)
                {
                    // What worked goes on working.
                    ConfigurationLog.SecretsKept(log, exception);
                }
            });
        return endpoints;
    }
}
