using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Holdfast.AspNetCore.Configuration;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Tests.Configuration;

public sealed partial class KnownKeysTests
{
    public static TheoryData<string> Keys => [.. KnownKeys.All];

    [Theory, MemberData(nameof(Keys))]
    public void Every_key_can_be_set_and_is_known(string key)
    {
        var path = "Holdfast:"
            + key.Replace(":*:", ":some:", StringComparison.Ordinal).Replace(":*", ":0", StringComparison.Ordinal);
        var value = Other(PropertyOf(key), key);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [path] = value })
            .Build();

        var settings = HoldfastSettings.Read(configuration, isProduction: false);

        Assert.Equal(value, Get(settings.Options, path["Holdfast:".Length..]));
    }

    [Fact]
    public void The_keys_are_those_of_the_options_and_no_others() => Assert.Equal(
        [
            "Access:MissingDeadline", "Access:ReferenceMetadataKey", "Access:RequiredMetadata:*",
            "ApiToken", "DatabaseUrl", "Ingest:AnswerWithin", "Ingest:Endpoints:*:Account",
            "Ingest:Endpoints:*:Mode", "Ingest:Endpoints:*:Secrets:*", "Ingest:MaxBodyBytes", "Ingest:MaxGroup",
            "Ingest:MaxQueued", "Ingest:MaxQueuedBytes", "Ingest:Tolerance", "Jobs:AttemptTimeout", "Jobs:BatchSize",
            "Jobs:HangLimit", "Jobs:MaxSuspects", "Jobs:PauseWhenContended", "Jobs:PauseWhenUnavailable", "Jobs:PollInterval",
            .. Schedule("Transient"), .. Schedule("Unexpected"), "Mode", "Node", "PlansPath", "PublicUrl", "Retention:Calls",
            "Retention:Events", "SecretsDirectory", "Stripe:AlwaysFetch:*", "Stripe:ApiBase", "Stripe:AttemptTimeout",
            "Stripe:CallTimeout", "Stripe:CatchUp:Interval", "Stripe:CatchUp:Overlap", "Stripe:CatchUp:Undelivered",
            "Stripe:CatchUp:UndeliveredInterval", "Stripe:ConnectedAccounts:*", "Stripe:Keys:General",
            "Stripe:Keys:Payments", "Stripe:Keys:Read", "Stripe:Keys:Refunds", "Stripe:MaxQuietWait",
            "Stripe:QuietMoment", "Stripe:ReadLag", "Stripe:RequestsPerSecond",
        ],
        KnownKeys.All.Order(StringComparer.Ordinal));

    [Fact]
    public void The_documentation_lists_every_key_and_no_other() => Assert.Equal(
        KnownKeys.All.Order(StringComparer.Ordinal),
        KeyInATable().Matches(Document()).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void The_documentation_lists_every_short_name_and_no_other() => Assert.Equal(
        typeof(ShortNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral && field.Name is not nameof(ShortNames.OurPrefix))
            .Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal),
        ShortNameInATable().Matches(Document()).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void The_documentation_tells_every_default() => Assert.All(
        KeyInATable().Matches(Document()),
        row =>
        {
            var key = row.Groups[1].Value;
            var told = row.Groups[2].Value.Trim().Trim('`');
            if (!key.Contains('*', StringComparison.Ordinal))
            {
                Assert.Equal((key, Get(new HoldfastOptions(), key) ?? "–"), (key, told));
            }
        });

    private static IEnumerable<string> Schedule(string name) =>
        ((string[])["Factor", "FirstDelay", "Immediate", "Jitter", "MaxDelay", "MaxTries"])
            .Select(part => $"Jobs:Retries:{name}:{part}");

    /// <summary>A legal value of a property that is not its default.</summary>
    private static string Other(Type type, string key) => key switch
    {
        "DatabaseUrl" => "sqlite:other.db",
        "Mode" or "Ingest:Endpoints:*:Mode" => "test",
        "PublicUrl" => "https://shop.example",
        "Stripe:ApiBase" => "https://other.example",
        _ when key.StartsWith("Stripe:Keys:", StringComparison.Ordinal) => "rk_test_other",
        "Ingest:MaxBodyBytes" => "2000",
        "Retention:Calls" => "01:00:00",
        "Stripe:CallTimeout" => "00:01:07",
        "Retention:Events" => "91.00:00:00",
        "Stripe:CatchUp:Undelivered" => "02:00:00",
        "Stripe:ConnectedAccounts:*" => "acct_other",
        _ when type == typeof(TimeSpan) => "00:00:07",
        _ when type == typeof(double) => "1",
        _ when type == typeof(int) || type == typeof(int?) => "7",
        _ when type == typeof(long) => "2000000",
        _ => "other",
    };

    private static Type PropertyOf(string key)
    {
        var type = typeof(HoldfastOptions);
        foreach (var name in key.Split(':'))
        {
            type = name is "*" ? type.GetGenericArguments()[^1] : type.GetProperty(name)!.PropertyType;
        }

        return type;
    }

    private static string? Get(object options, string path)
    {
        object? here = options;
        foreach (var name in path.Split(':'))
        {
            here = here switch
            {
                System.Collections.IDictionary map => map[name],
                System.Collections.IList list => list[int.Parse(name, CultureInfo.InvariantCulture)],
                _ => here?.GetType().GetProperty(name)!.GetValue(here),
            };
        }

        return here switch
        {
            null => null,
            TimeSpan span => span.ToString(span.Milliseconds is 0 ? "c" : @"hh\:mm\:ss\.FFF", CultureInfo.InvariantCulture),
            _ => Convert.ToString(here, CultureInfo.InvariantCulture),
        };
    }

    private static string Document()
    {
        var here = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(here, "Holdfast.slnx")))
        {
            here = Path.GetDirectoryName(here) ?? throw new InvalidOperationException("Run the tests inside the repository.");
        }

        return File.ReadAllText(Path.Combine(here, "docs", "configuration.md"));
    }

    [GeneratedRegex(@"^\| `([A-Z][A-Za-z]+(?::[A-Za-z*]+)*)` \| ([^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex KeyInATable();

    [GeneratedRegex("^\\| `([A-Z]+(?:_[A-Z]+)+)` \\|", RegexOptions.Multiline)]
    private static partial Regex ShortNameInATable();
}
