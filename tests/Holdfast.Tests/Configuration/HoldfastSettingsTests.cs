using Holdfast.AspNetCore.Configuration;
using Holdfast.Stripe;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Tests.Configuration;

public sealed class HoldfastSettingsTests
{
    private const string Secret = "whsec_test_3f9c2b7a61d84e50b8a1c7d2e9f04a6b";
    private const string NextSecret = "whsec_test_b71e05d94c6a4f2db3908e5a1f7c22d4";

    [Fact]
    public void Outside_production_nothing_needs_to_be_set()
    {
        var settings = Read();

        Assert.Equal(
            (StripeMode.Live, Path.GetFullPath("data/holdfast.db"), "http://127.0.0.1:8000", false),
            (settings.Mode, settings.Store.ToString(), settings.Urls, settings.PlansAreNamed));
        Assert.Equal(Path.GetFullPath("data/plans.json"), settings.PlansPath);
    }

    [Theory]
    [InlineData("Ingest:Tolerance", "00:00:00.9", "00:00:01", "01:00:00")]
    [InlineData("Ingest:Tolerance", "01:00:01", "00:00:01", "01:00:00")]
    [InlineData("Ingest:MaxBodyBytes", "1023", "1024", "16777216")]
    [InlineData("Ingest:MaxBodyBytes", "16777217", "1024", "16777216")]
    [InlineData("Ingest:MaxGroup", "0", "1", "10000")]
    [InlineData("Ingest:MaxGroup", "10001", "1", "10000")]
    [InlineData("Ingest:MaxQueued", "0", "1", "1000000")]
    [InlineData("Ingest:MaxQueued", "1000001", "1", "1000000")]
    [InlineData("Ingest:MaxQueuedBytes", "1048575", "1048576", "4294967296")]
    [InlineData("Ingest:MaxQueuedBytes", "4294967297", "1048576", "4294967296")]
    [InlineData("Ingest:AnswerWithin", "00:00:00.049", "00:00:00.0500000", "00:00:10")]
    [InlineData("Ingest:AnswerWithin", "00:00:11", "00:00:00.0500000", "00:00:10")]
    [InlineData("Jobs:BatchSize", "0", "1", "10000")]
    [InlineData("Jobs:BatchSize", "10001", "1", "10000")]
    [InlineData("Jobs:PollInterval", "00:00:00", "00:00:00.0100000", "00:01:00")]
    [InlineData("Jobs:PollInterval", "00:01:01", "00:00:00.0100000", "00:01:00")]
    [InlineData("Jobs:PauseWhenUnavailable", "-00:00:01", "00:00:00.0100000", "00:01:00")]
    [InlineData("Jobs:PauseWhenUnavailable", "00:01:01", "00:00:00.0100000", "00:01:00")]
    [InlineData("Jobs:AttemptTimeout", "00:00:00.099", "00:00:00.1000000", "00:10:00")]
    [InlineData("Jobs:AttemptTimeout", "00:10:01", "00:00:00.1000000", "00:10:00")]
    [InlineData("Jobs:HangLimit", "00:00:00", "00:00:01", "01:00:00")]
    [InlineData("Jobs:HangLimit", "01:00:01", "00:00:01", "01:00:00")]
    [InlineData("Jobs:MaxSuspects", "0", "1", "1000000")]
    [InlineData("Jobs:MaxSuspects", "1000001", "1", "1000000")]
    [InlineData("Stripe:AttemptTimeout", "00:00:00.9", "00:00:01", "00:01:00")]
    [InlineData("Stripe:CallTimeout", "00:00:19", "00:00:20", "00:01:30")]
    [InlineData("Stripe:CallTimeout", "00:01:31", "00:00:20", "00:01:30")]
    [InlineData("Stripe:RequestsPerSecond", "0", "1", "10000")]
    [InlineData("Stripe:RequestsPerSecond", "10001", "1", "10000")]
    [InlineData("Retention:Calls", "00:59:59", "01:00:00", "400.00:00:00")]
    [InlineData("Jobs:Retries:Transient:Immediate", "-1", "0", "10")]
    [InlineData("Jobs:Retries:Transient:Immediate", "11", "0", "10")]
    [InlineData("Jobs:Retries:Transient:FirstDelay", "00:00:00", "00:00:00.0010000", "1.00:00:00")]
    [InlineData("Jobs:Retries:Transient:Factor", "0.9", "1", "100")]
    [InlineData("Jobs:Retries:Transient:Factor", "101", "1", "100")]
    [InlineData("Jobs:Retries:Transient:Factor", "NaN", "1", "100")]
    [InlineData("Jobs:Retries:Transient:MaxDelay", "00:00:00.9", "00:00:01", "7.00:00:00")]
    [InlineData("Jobs:Retries:Transient:MaxDelay", "8.00:00:00", "00:00:01", "7.00:00:00")]
    [InlineData("Jobs:Retries:Transient:MaxTries", "0", "1", "1000")]
    [InlineData("Jobs:Retries:Transient:MaxTries", "1001", "1", "1000")]
    [InlineData("Jobs:Retries:Unexpected:Jitter", "-0.1", "0", "1")]
    [InlineData("Jobs:Retries:Unexpected:Jitter", "1.1", "0", "1")]
    public void A_number_out_of_its_bounds_is_named_with_them(string key, string value, string min, string max)
    {
        var error = Assert.Single(Errors(($"Holdfast:{key}", value)));

        Assert.StartsWith($"Holdfast:{key} is ", error, StringComparison.Ordinal);
        Assert.EndsWith($"; it must lie between {min} and {max}.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ingest:MaxGroup", "many")]
    [InlineData("Ingest:Tolerance", "5 minutes")]
    [InlineData("Jobs:Retries:Transient:Factor", "")]
    public void A_value_of_the_wrong_kind_is_named_with_how_to_write_it(string key, string value)
    {
        var error = Assert.Single(Errors(($"Holdfast:{key}", value)));

        Assert.Contains($"Holdfast:{key}", error, StringComparison.Ordinal);
        Assert.Contains("Durations are written 00:01:00, sizes as plain numbers.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var errors = Errors(
            ("HOLDFAST_MODE", "sandbox"),
            ("DATABASE_URL", "mysql://x"),
            ("Holdfast:Jobs:BatchSize", "0"),
            ("Holdfast:Jobs:MaxSuspects", "few"),
            ("Holdfast:Ingest:MaxGroup", "many"),
            ("Holdfast:Ingest:Endpoints:default:Mode", "prod"),
            ("Holdfast:Ingest:Endpoints:default:Secrets:0", Secret),
            ("Holdfast:Ingest:MaxGruop", "1"),
            ("HOLDFAST_PLAN", "x"),
            ("HOLDFAST_PUBLIC_URL", "example"));

        Assert.Equal(
            [
                "Holdfast:Ingest:MaxGruop", "HOLDFAST_PLAN", "MaxGroup", "MaxSuspects", "HOLDFAST_MODE", "DATABASE_URL",
                "BatchSize", "Endpoints", "HOLDFAST_PUBLIC_URL",
            ],
            Names(errors, "Holdfast:Ingest:MaxGruop", "HOLDFAST_PLAN ", "MaxGroup", "MaxSuspects", "HOLDFAST_MODE",
                "DATABASE_URL", "BatchSize", "Endpoints", "HOLDFAST_PUBLIC_URL"));
        Assert.Equal(9, errors.Count);
    }

    [Fact]
    public void An_unreadable_value_does_not_hide_the_secrets_that_are_set()
    {
        var error = Assert.Single(Errors(
            isProduction: true,
            ("Holdfast:Ingest:Endpoints:default:Secrets:0", Secret), ("Holdfast:Jobs:BatchSize", "many")));

        Assert.Contains("BatchSize", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HOLDFAST_MODE", "test", "Holdfast:Mode", "live")]
    [InlineData("DATABASE_URL", "sqlite:/short.db", "Holdfast:DatabaseUrl", "sqlite:/long.db")]
    [InlineData("HOLDFAST_PLANS", "short.json", "Holdfast:PlansPath", "long.json")]
    [InlineData("HOLDFAST_PUBLIC_URL", "https://short.example", "Holdfast:PublicUrl", "https://long.example")]
    [InlineData("HOLDFAST_API_TOKEN", "short", "Holdfast:ApiToken", "long")]
    public void A_short_name_wins_over_the_section(string shortName, string shortValue, string key, string value)
    {
        Assert.Contains(shortValue, Shown(Read((shortName, shortValue), (key, value))));
        Assert.Contains(value, Shown(Read((key, value))));

        // A variable that is set to nothing, as compose files do, is not set.
        Assert.Contains(value, Shown(Read((shortName, ""), (key, value))));
    }

    [Fact]
    public void The_secret_in_the_environment_replaces_the_default_endpoints_and_no_others()
    {
        var endpoints = Read(
            ("STRIPE_WEBHOOK_SECRET", $" {Secret}, {NextSecret} ,"),
            ("Holdfast:Ingest:Endpoints:default:Secrets:0", "whsec_old"),
            ("Holdfast:Ingest:Endpoints:default:Account", "acct_1"),
            ("Holdfast:Ingest:Endpoints:connect:Secrets:0", "whsec_connect")).Options.Ingest.Endpoints;

        Assert.Equal([Secret, NextSecret], endpoints["default"].Secrets);
        Assert.Equal("acct_1", endpoints["default"].Account);
        Assert.Equal(["whsec_connect"], endpoints["connect"].Secrets);
    }

    [Theory]
    [InlineData(null, null, StripeMode.Live)]
    [InlineData(null, "sk_live_invented", StripeMode.Live)]
    [InlineData(null, "sk_test_invented", StripeMode.Test)]
    [InlineData(null, "rk_test_invented", StripeMode.Test)]
    [InlineData("", "rk_test_invented", StripeMode.Test)]
    [InlineData("live", null, StripeMode.Live)]
    [InlineData("test", "sk_test_invented", StripeMode.Test)]
    public void The_mode_is_what_was_said_else_the_keys_else_live(string? mode, string? key, StripeMode expected) =>
        Assert.Equal(expected, Read(("HOLDFAST_MODE", mode), ("STRIPE_SECRET_KEY", key)).Mode);

    [Theory]
    [InlineData("STRIPE_SECRET_KEY", "live", "sk_test_invented")]
    [InlineData("STRIPE_READ_KEY", "test", "rk_live_invented")]
    [InlineData("STRIPE_PAYMENTS_KEY", "live", "rk_test_invented")]
    [InlineData("STRIPE_REFUNDS_KEY", "test", "sk_live_invented")]
    public void A_key_of_the_other_mode_is_refused_and_never_repeated(string name, string mode, string key)
    {
        var error = Assert.Single(Errors(("HOLDFAST_MODE", mode), (name, key)));

        Assert.StartsWith(
            $"{name} is a {(mode is "live" ? "test" : "live")} key, and the mode is {mode}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("invented", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:12111")]
    [InlineData("http://api.stripe.com")]
    [InlineData("https://api.stripe.com.evil.example")]
    [InlineData("https://api.stripe.com:444")]
    public void A_live_key_goes_to_Stripe_alone(string address)
    {
        Assert.Contains(
            "which goes to https://api.stripe.com alone",
            Assert.Single(Errors(("STRIPE_API_BASE", address), ("STRIPE_SECRET_KEY", "sk_live_invented"))),
            StringComparison.Ordinal);
        Read(("STRIPE_API_BASE", address), ("STRIPE_SECRET_KEY", "sk_test_invented"));
        Read(("STRIPE_API_BASE", "https://api.stripe.com/"), ("STRIPE_SECRET_KEY", "sk_live_invented"));
    }

    [Theory]
    [InlineData("HOLDFAST_MODE", "Live", "HOLDFAST_MODE is \"Live\": write live or test.")]
    [InlineData("DATABASE_URL", "mysql://host/db", "DATABASE_URL: It is neither sqlite:PATH")]
    [InlineData("DATABASE_URL", "sqlite:", "DATABASE_URL: It is neither sqlite:PATH")]
    [InlineData("HOLDFAST_PUBLIC_URL", "shop.example", "is \"shop.example\", which is no URL; write https://host.")]
    [InlineData("Holdfast:Access:ReferenceMetadataKey", " ", "Holdfast:Access:ReferenceMetadataKey must be the name")]
    [InlineData("Holdfast:Access:ReferenceMetadataKey", "a\"b", "Holdfast:Access:ReferenceMetadataKey must be the name")]
    [InlineData("STRIPE_API_BASE", "api.stripe.com", "STRIPE_API_BASE is \"api.stripe.com\"; write https://host")]
    [InlineData("STRIPE_API_BASE", "https://api.stripe.com/v1", "and nothing behind it.")]
    [InlineData("STRIPE_SECRET_KEY", "pk_test_1", "STRIPE_SECRET_KEY is a publishable key")]
    [InlineData("STRIPE_SECRET_KEY", "whsec_1", "STRIPE_SECRET_KEY begins with none of sk_live_, rk_live_, sk_test_")]
    [InlineData("STRIPE_READ_KEY", "rk_live_", "STRIPE_READ_KEY begins with none of")]
    [InlineData("STRIPE_READ_KEY", "rk_live_a b", "STRIPE_READ_KEY has a character that Stripe never uses, U+0020, as number 10")]
    [InlineData("Holdfast:Access:RequiredMetadata:0", "a\\b", "Holdfast:Access:RequiredMetadata must be the name")]
    [InlineData("Holdfast:Access:MissingDeadline", "00:00:00", "it must lie between 00:00:01 and 30.00:00:00")]
    [InlineData("STRIPE_WEBHOOK_SECRET", "whsec_a b", "Endpoints: The signing secret has a character")]
    [InlineData("Holdfast:Jobs:BatchSise", "5", "Holdfast:Jobs:BatchSise is no setting; did you mean Jobs:BatchSize?")]
    [InlineData("Holdfast:Ingest:Endpoints:default:Secret:0", "x", "did you mean Ingest:Endpoints:default:Secrets:0?")]
    [InlineData("Holdfast:Utterly:Different", "x", "is no setting; docs/configuration.md lists those there are.")]
    [InlineData("HOLDFAST_PLAN", "x", "HOLDFAST_PLAN is no setting; did you mean HOLDFAST_PLANS?")]
    [InlineData("HOLDFAST_WEBHOOK_ENDPOINT_URL", "x", "HOLDFAST_WEBHOOK_ENDPOINT_URL is no setting; docs/configuration.md")]
    public void What_cannot_be_used_is_named_with_what_to_do(string key, string value, string message) =>
        Assert.Contains(message, Assert.Single(Errors((key, value))), StringComparison.Ordinal);

    [Fact]
    public void A_secret_that_cannot_be_used_is_not_repeated() => Assert.DoesNotContain(
        "invented", Assert.Single(Errors(("STRIPE_WEBHOOK_SECRET", "whsec_invented b"))), StringComparison.Ordinal);

    [Fact]
    public void What_other_programs_set_in_the_environment_is_none_of_ours() =>
        Read(("PATH", "/bin"), ("STRIPE_DEVICE_NAME", "x"), ("ASPNETCORE_URLS", "x"), ("Logging:LogLevel:Default", "Debug"));

    [Fact]
    public void Every_short_name_of_ours_is_known() => Read(
        ("HOLDFAST_MODE", "test"),
        ("HOLDFAST_URLS", "http://127.0.0.1:1"),
        ("HOLDFAST_PUBLIC_URL", "https://shop.example"),
        ("HOLDFAST_PLANS", "plans.json"),
        ("HOLDFAST_API_TOKEN", "invented"),
        ("HOLDFAST_SERVER", "http://127.0.0.1:8000"));

    [Fact]
    public void Production_needs_a_signing_secret()
    {
        Assert.Contains(
            "There is no signing secret", Assert.Single(Errors(isProduction: true)), StringComparison.Ordinal);
        Assert.Contains(
            "There is no signing secret",
            Assert.Single(Errors(isProduction: true, ("STRIPE_WEBHOOK_SECRET", " , "))),
            StringComparison.Ordinal);
        Read(isProduction: true, ("STRIPE_WEBHOOK_SECRET", Secret));
        Read(isProduction: true, ("Holdfast:Ingest:Endpoints:connect:Secrets:0", Secret));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8000", null)]
    [InlineData("http://*:8000", null)]
    [InlineData("http://+:8000", null)]
    [InlineData("http://[::]:8000", null)]
    [InlineData("http://10.0.0.5:8000", null)]
    [InlineData("http://127.0.0.1:8000; HTTP://shop.example", null)]
    [InlineData("http://0.0.0.0:8000", "http://shop.example")]
    public void Production_does_not_open_plain_HTTP_to_the_network(string urls, string? publicUrl)
    {
        var error = Assert.Single(Errors(
            isProduction: true,
            ("STRIPE_WEBHOOK_SECRET", Secret), ("HOLDFAST_URLS", urls), ("HOLDFAST_PUBLIC_URL", publicUrl)));

        Assert.StartsWith($"HOLDFAST_URLS ({urls}) opens plain HTTP to the network.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000", null)]
    [InlineData("http://localhost:8000;http://[::1]:8000", null)]
    [InlineData("https://0.0.0.0:8443", null)]
    [InlineData("http://0.0.0.0:8000", "https://shop.example")]
    public void Production_opens_what_is_near_or_encrypted(string urls, string? publicUrl) => Read(
        isProduction: true,
        ("STRIPE_WEBHOOK_SECRET", Secret), ("HOLDFAST_URLS", urls), ("HOLDFAST_PUBLIC_URL", publicUrl));

    [Fact]
    public void Outside_production_plain_HTTP_may_be_open() => Read(("HOLDFAST_URLS", "http://0.0.0.0:8000"));

    [Fact]
    public void The_plans_stand_beside_the_database_unless_they_are_named()
    {
        var (beside, named) = (Read(("DATABASE_URL", "sqlite:/srv/a/b.db")), Read(("HOLDFAST_PLANS", "/etc/p.json")));

        Assert.Equal(("/srv/a/plans.json", false), (beside.PlansPath, beside.PlansAreNamed));
        Assert.Equal(("/etc/p.json", true), (named.PlansPath, named.PlansAreNamed));
    }

    [Fact]
    public void Setting_one_part_of_a_schedule_leaves_the_others_as_they_are() => Assert.Equal(
        new Holdfast.Jobs.RetryPolicy().Transient with { MaxTries = 3 },
        Read(("Holdfast:Jobs:Retries:Transient:MaxTries", "3")).Options.Jobs.Retries.Transient);

    [Fact]
    public void Batches_are_larger_on_PostgreSQL_unless_their_size_is_set()
    {
        (string, string?) postgres = ("DATABASE_URL", "postgres://a:b@db/c");

        Assert.Equal(32, Read().Options.Jobs.BatchSize);
        Assert.Equal(100, Read(postgres).Options.Jobs.BatchSize);
        Assert.Equal(32, Read(postgres, ("Holdfast:Jobs:BatchSize", "32")).Options.Jobs.BatchSize);
    }

    private static HoldfastSettings Read(params (string Key, string? Value)[] values) => Read(isProduction: false, values);

    private static HoldfastSettings Read(bool isProduction, params (string Key, string? Value)[] values) =>
        HoldfastSettings.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    values.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value))
                .Build(),
            isProduction);

    private static IReadOnlyList<string> Errors(params (string Key, string? Value)[] values) =>
        Errors(isProduction: false, values);

    private static IReadOnlyList<string> Errors(bool isProduction, params (string Key, string? Value)[] values) =>
        Assert.Throws<HoldfastConfigurationException>(() => Read(isProduction, values)).Errors;

    /// <summary>The given names, in the order in which the errors name them.</summary>
    private static IEnumerable<string> Names(IReadOnlyList<string> errors, params string[] names) =>
        errors.Select(error => names.FirstOrDefault(name => error.Contains(name, StringComparison.Ordinal))?.Trim() ?? error);

    private static string[] Shown(HoldfastSettings settings) =>
    [
        settings.Mode is StripeMode.Test ? "test" : "live", $"sqlite:{settings.Store}", settings.PlansPath,
        settings.Options.PublicUrl ?? "", settings.Options.ApiToken ?? "",
    ];
}
