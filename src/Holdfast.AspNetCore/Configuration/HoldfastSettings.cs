using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Stripe;
using Microsoft.Extensions.Configuration;

namespace Holdfast.AspNetCore.Configuration;

/// <summary>The settings as read and found good, all errors told at once otherwise.</summary>
internal sealed record HoldfastSettings
{
    private const string DefaultUrl = "http://127.0.0.1:8000";

    /// <summary>
    /// Each statement of a batch is a way to the server and back, and deliveries beside it have connections of their own.
    /// </summary>
    private const int BatchOnPostgres = 100;

    public required HoldfastOptions Options { get; init; }

    public required StripeMode Mode { get; init; }

    public required StoreAddress Store { get; init; }

    /// <summary>By which name the other nodes know this one.</summary>
    public required string Node { get; init; }

    public required string PlansPath { get; init; }

    /// <summary>The plans file was asked for by name: then it must be there.</summary>
    public required bool PlansAreNamed { get; init; }

    public required string Urls { get; init; }

    /// <exception cref="HoldfastConfigurationException">Something is wrong; every error is in it.</exception>
    public static HoldfastSettings Read(IConfiguration configuration, bool isProduction)
    {
        var section = configuration.GetSection("Holdfast");
        List<string> errors = [.. KnownKeys.Unknown(section), .. KnownKeys.UnknownShort(configuration)];
        var options = Bind(section, errors);
        ApplyShortNames(configuration, options);
        var mode = ModeOf(options, errors);
        var store = StoreOf(options.DatabaseUrl, errors);
        var urls = Short(configuration, ShortNames.Urls) ?? DefaultUrl;
        if (store is StoreAddress.Postgres && section["Jobs:BatchSize"] is null)
        {
            options.Jobs.BatchSize = BatchOnPostgres;
        }

        CheckBounds(options, errors);
        CheckEndpoints(options, mode, isProduction, errors);
        CheckStripe(options.Stripe, mode, errors);
        CheckPublic(options, urls, isProduction, errors);
        return errors.Count > 0
            ? throw new HoldfastConfigurationException(errors)
            : new()
            {
                Options = options,
                Mode = mode,
                Store = store,
                Node = options.Node is { Length: > 0 } node ? node : Environment.MachineName,
                PlansPath = options.PlansPath ?? Path.Combine(store.Directory, "plans.json"),
                PlansAreNamed = options.PlansPath is not null,
                Urls = urls,
            };
    }

    private static HoldfastOptions Bind(IConfigurationSection section, List<string> errors)
    {
        // Each value by itself first, so that one that cannot be read hides neither the others nor their errors.
        var readable = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in Given(section))
        {
            try
            {
                Bind(section.Path, new() { [key] = value });
                readable.Add(key, value);
            }
            catch (InvalidOperationException exception)
            {
                errors.Add($"{exception.Message} Durations are written 00:01:00, sizes as plain numbers.");
            }
        }

        return Bind(section.Path, readable);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Given(IConfigurationSection section) =>
        section.AsEnumerable()
            .Where(pair => pair.Value is not null)
            .OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    private static HoldfastOptions Bind(string section, Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection(section).Get<HoldfastOptions>()
        ?? new();

    private static void ApplyShortNames(IConfiguration configuration, HoldfastOptions options)
    {
        options.Mode = Short(configuration, ShortNames.Mode) ?? options.Mode;
        options.DatabaseUrl = Short(configuration, ShortNames.DatabaseUrl) ?? options.DatabaseUrl;
        options.PlansPath = Short(configuration, ShortNames.Plans) ?? options.PlansPath;
        options.PublicUrl = Short(configuration, ShortNames.PublicUrl) ?? options.PublicUrl;
        options.Node = Short(configuration, ShortNames.Node) ?? options.Node;
        options.ApiToken = Short(configuration, ShortNames.ApiToken) ?? options.ApiToken;
        var stripe = options.Stripe;
        stripe.ApiBase = Short(configuration, ShortNames.ApiBase) ?? stripe.ApiBase;
        stripe.Keys.General = Short(configuration, ShortNames.SecretKey) ?? stripe.Keys.General;
        stripe.Keys.Read = Short(configuration, ShortNames.ReadKey) ?? stripe.Keys.Read;
        stripe.Keys.Payments = Short(configuration, ShortNames.PaymentsKey) ?? stripe.Keys.Payments;
        stripe.Keys.Refunds = Short(configuration, ShortNames.RefundsKey) ?? stripe.Keys.Refunds;
        if (Short(configuration, ShortNames.WebhookSecret) is { } secrets)
        {
            var endpoint = options.Ingest.Endpoints.GetValueOrDefault(IngestOptions.DefaultEndpoint) ?? new();
            endpoint.Secrets.Clear();
            foreach (var secret in secrets.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                endpoint.Secrets.Add(secret);
            }

            options.Ingest.Endpoints[IngestOptions.DefaultEndpoint] = endpoint;
        }
    }

    /// <summary>A variable set to nothing, as compose files pass on those they do not have, is not set.</summary>
    private static string? Short(IConfiguration configuration, string name) =>
        configuration[name] is { Length: > 0 } value ? value : null;

    private static StripeMode ModeOf(HoldfastOptions options, List<string> errors)
    {
        var keys = options.Stripe.Keys;
        string?[] given = [keys.General, keys.Read, keys.Payments, keys.Refunds];
        switch (options.Mode)
        {
            case "live":
                return StripeMode.Live;
            case "test":
                return StripeMode.Test;
            case null or "":
                return given.FirstOrDefault(key => key is { Length: > 0 })?.Contains("_test_", StringComparison.Ordinal) is true
                    ? StripeMode.Test
                    : StripeMode.Live;
            default:
                errors.Add($"HOLDFAST_MODE is \"{options.Mode}\": write live or test.");
                return StripeMode.Live;
        }
    }

    private static StoreAddress StoreOf(string url, List<string> errors)
    {
        try
        {
            return StoreAddress.Parse(url);
        }
        catch (FormatException exception)
        {
            errors.Add($"DATABASE_URL: {exception.Message}");
            return StoreAddress.Parse("sqlite:data/holdfast.db");
        }
    }

    private static void CheckBounds(HoldfastOptions options, List<string> errors)
    {
        var (ingest, jobs) = (options.Ingest, options.Jobs);
        Between("Ingest:Tolerance", ingest.Tolerance, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Between("Ingest:MaxBodyBytes", ingest.MaxBodyBytes, 1024, 16 * 1024 * 1024);
        Between("Ingest:MaxGroup", ingest.MaxGroup, 1, 10_000);
        Between("Ingest:MaxQueued", ingest.MaxQueued, 1, 1_000_000);
        Between("Ingest:MaxQueuedBytes", ingest.MaxQueuedBytes, 1024 * 1024, 4L * 1024 * 1024 * 1024);
        Between("Ingest:AnswerWithin", ingest.AnswerWithin, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));
        Between("Jobs:BatchSize", jobs.BatchSize, 1, 10_000);
        Between("Jobs:PollInterval", jobs.PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Between("Jobs:PauseWhenUnavailable", jobs.PauseWhenUnavailable, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Between("Jobs:PauseWhenContended", jobs.PauseWhenContended, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Between("Jobs:AttemptTimeout", jobs.AttemptTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Between("Jobs:HangLimit", jobs.HangLimit, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Between("Jobs:MaxSuspects", jobs.MaxSuspects, 1, 1_000_000);
        Between("Stripe:AttemptTimeout", options.Stripe.AttemptTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        // Work that calls Stripe holds a lease that must outlast a call.
        Between("Stripe:CallTimeout", options.Stripe.CallTimeout, options.Stripe.AttemptTimeout, TimeSpan.FromSeconds(90));
        Between("Stripe:RequestsPerSecond", options.Stripe.RequestsPerSecond ?? 1, 1, 10_000);
        Between("Retention:Calls", options.Retention.Calls, TimeSpan.FromHours(1), TimeSpan.FromDays(400));
        Between("Stripe:ReadLag", options.Stripe.ReadLag, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Between("Stripe:QuietMoment", options.Stripe.QuietMoment, options.Stripe.ReadLag, TimeSpan.FromHours(1));
        Between("Stripe:MaxQuietWait", options.Stripe.MaxQuietWait, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        var catchUp = options.Stripe.CatchUp;
        Between("Stripe:CatchUp:Interval", catchUp.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Between("Stripe:CatchUp:Overlap", catchUp.Overlap, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Between("Stripe:CatchUp:UndeliveredInterval", catchUp.UndeliveredInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Between("Stripe:CatchUp:Undelivered", catchUp.Undelivered, TimeSpan.FromHours(1), TimeSpan.FromDays(30));
        Between("Retention:Events", options.Retention.Events, TimeSpan.FromDays(90), TimeSpan.FromDays(36_500));
        CheckSchedule("Jobs:Retries:Transient", jobs.Retries.Transient);
        CheckSchedule("Jobs:Retries:Unexpected", jobs.Retries.Unexpected);
        Between("Access:MissingDeadline", options.Access.MissingDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
        CheckMetadataKey("Access:ReferenceMetadataKey", options.Access.ReferenceMetadataKey);
        foreach (var key in options.Access.RequiredMetadata)
        {
            CheckMetadataKey("Access:RequiredMetadata", key);
        }

        void CheckMetadataKey(string setting, string key)
        {
            if (string.IsNullOrWhiteSpace(key) || key.AsSpan().ContainsAny('"', '\\'))
            {
                errors.Add($"Holdfast:{setting} must be the name of a metadata key, without quotes.");
            }
        }

        void CheckSchedule(string key, RetrySchedule schedule)
        {
            Between($"{key}:Immediate", schedule.Immediate, 0, 10);
            Between($"{key}:FirstDelay", schedule.FirstDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
            Between($"{key}:Factor", schedule.Factor, 1d, 100d);
            Between($"{key}:MaxDelay", schedule.MaxDelay, schedule.FirstDelay, TimeSpan.FromDays(7));
            Between($"{key}:MaxTries", schedule.MaxTries, 1, 1000);
            Between($"{key}:Jitter", schedule.Jitter, 0d, 1d);
        }

        void Between<T>(string key, T value, T min, T max)
            where T : IComparable<T>
        {
            if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            {
                errors.Add($"Holdfast:{key} is {value}; it must lie between {min} and {max}.");
            }
        }
    }

    private static void CheckEndpoints(HoldfastOptions options, StripeMode mode, bool isProduction, List<string> errors)
    {
        try
        {
            if (new Endpoints(options.Ingest, mode).All.Count is 0 && isProduction)
            {
                errors.Add(
                    "There is no signing secret, so no delivery could ever be verified. Set STRIPE_WEBHOOK_SECRET to the "
                    + "whsec_… of your webhook endpoint (Stripe Dashboard → Workbench → Webhooks).");
            }
        }
        catch (ArgumentException exception)
        {
            // Without the tail that names our parameter.
            errors.Add($"Endpoints: {exception.Message.Split(" (Parameter")[0]}");
        }
    }

    private static void CheckStripe(StripeOptions stripe, StripeMode mode, List<string> errors)
    {
        if (!Uri.TryCreate(stripe.ApiBase, UriKind.Absolute, out var address)
            || address is not { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" })
        {
            errors.Add(
                $"STRIPE_API_BASE is \"{stripe.ApiBase}\"; write https://host or http://host:port, and nothing behind it.");
            return;
        }

        errors.AddRange(stripe.ConnectedAccounts
            .Where(account => !account.StartsWith("acct_", StringComparison.Ordinal) || !Ingest.EventId.IsValid(account))
            .Select(account => $"Holdfast:Stripe:ConnectedAccounts holds \"{account}\"; write the account's id, acct_…."));
        try
        {
            _ = new StripeKeys(stripe, mode);
        }
        catch (ArgumentException exception)
        {
            errors.Add(exception.Message);
        }
    }

    private static void CheckPublic(HoldfastOptions options, string urls, bool isProduction, List<string> errors)
    {
        var open = urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(url => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !IsLoopback(url));
        var behindTls = Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var uri) && uri.Scheme is "https";
        if (isProduction && !behindTls && open.Any())
        {
            errors.Add(
                $"HOLDFAST_URLS ({urls}) opens plain HTTP to the network. Let a proxy in front end TLS and set "
                + "HOLDFAST_PUBLIC_URL to its https URL, or listen on 127.0.0.1 only.");
        }

        if (options.PublicUrl is not null && uri is null)
        {
            errors.Add($"HOLDFAST_PUBLIC_URL is \"{options.PublicUrl}\", which is no URL; write https://host.");
        }
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback;
}
