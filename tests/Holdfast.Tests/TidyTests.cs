using System.Text.RegularExpressions;
using Holdfast.Storage;

namespace Holdfast.Tests;

/// <summary>The rules of the house that a machine can hold. See CONTRIBUTING.md.</summary>
public sealed partial class TidyTests
{
    /// <summary>A slice may import only those named on its row; all may use Storage and Telemetry.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Storage"] = [],
        ["Telemetry"] = [],
        ["Alerts"] = [],
        ["Audit"] = [],
        ["Findings"] = [],
        ["Nodes"] = [],
        ["Upkeep"] = ["Alerts", "Nodes"],
        ["Tokens"] = [],
        ["Stripe"] = ["Alerts", "Nodes"],
        ["Jobs"] = ["Audit", "Nodes"],
        ["Ingest"] = ["Alerts", "Jobs", "Stripe"],
        ["Mirror"] = ["Stripe"],
        ["Access"] = ["Mirror", "Stripe"],
        ["Reconciliation"] = ["Alerts", "Findings", "Ingest", "Jobs", "Stripe"],
        ["Apply"] = ["Access", "Alerts", "Findings", "Ingest", "Jobs", "Mirror", "Stripe"],
    };

    private static readonly string[] AlwaysAllowed = ["Storage", "Telemetry"];

    /// <summary>No interface of ours without two implementations in production and a decision record.</summary>
    private static readonly string[] AllowedInterfaces = [];

    private static readonly string Root = FindRoot();

    private static readonly string[] Sources =
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal)),
    ];

    private static IEnumerable<string> CoreSources =>
        Sources.Where(file => file.Contains("Holdfast.Core", StringComparison.Ordinal));

    [Fact]
    public void A_slice_uses_only_what_lies_below_it()
    {
        var breaches =
            from file in CoreSources
            let slice = SliceOf(file)
            from Match match in UsingOfOurs().Matches(File.ReadAllText(file))
            let used = match.Groups[1].Value
            where used != slice && !AlwaysAllowed.Contains(used) && !MayUse[slice].Contains(used)
            select $"{Path.GetRelativePath(Root, file)} uses {used}, which {slice} may not";

        Assert.Empty(breaches);
    }

    [Fact]
    public void No_two_slices_use_each_other() => Assert.Empty(
        from slice in MayUse.Keys
        from used in MayUse[slice]
        where Reaches(used, slice)
        select $"{slice} and {used}");

    [Fact]
    public void Jobs_know_nothing_of_Stripe_and_billing() => Assert.Empty(
        from file in CoreSources
        where SliceOf(file) is "Jobs"
        where Billing().IsMatch(File.ReadAllText(file))
        select Path.GetRelativePath(Root, file));

    [Fact]
    public void There_is_no_interface_of_ours_without_a_decision() => Assert.Empty(
        from file in Sources
        from Match match in InterfaceOfOurs().Matches(File.ReadAllText(file))
        where !AllowedInterfaces.Contains(match.Groups[1].Value)
        select match.Value);

    [Fact]
    public void Only_the_job_store_changes_the_state_of_a_job() => Assert.Empty(
        from file in SqlFiles()
        where !Path.GetFileName(file).StartsWith("JobStore.", StringComparison.Ordinal)
        where SetState().IsMatch(File.ReadAllText(file))
        select Path.GetRelativePath(Root, file));

    [Fact]
    public void Every_statement_names_its_columns() => Assert.Empty(
        from file in SqlFiles()
        from statement in File.ReadAllText(file).Split("-- name:")
        where SelectStar().IsMatch(statement.Replace("select *\nfrom unnest(", "", StringComparison.Ordinal)
            .Replace("select * from unnest(", "", StringComparison.Ordinal))
        select $"{Path.GetRelativePath(Root, file)}: {statement}");

    [Fact]
    public void Every_store_finds_its_statements_on_every_engine()
    {
        foreach (var file in SqlFiles().Where(file => !file.Contains("Migrations", StringComparison.Ordinal)))
        {
            var name = Path.GetRelativePath(Path.Combine(Root, "src/Holdfast.Core"), file).Replace('\\', '/');
            var parts = name.Split('.');

            Assert.NotEmpty(Statements.Of(parts[0], parts[1]).Names);
        }
    }

    [Fact]
    public void Every_suppressed_warning_has_its_reason() => Assert.Empty(
        from file in Sources
        from line in File.ReadLines(file)
        where line.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal)
        where !line.Contains("//", StringComparison.Ordinal)
        select $"{Path.GetRelativePath(Root, file)}: {line.Trim()}");

    [Fact]
    public void Nothing_is_left_to_be_mended() => Assert.Empty(
        from file in Sources
        where !file.EndsWith("TidyTests.cs", StringComparison.Ordinal)
        where File.ReadAllText(file).Contains("FIXME", StringComparison.Ordinal)
        select Path.GetRelativePath(Root, file));

    [Fact]
    public void No_line_is_longer_than_a_page_is_wide() => Assert.Empty(
        from file in Sources.Concat(SqlFiles())
        from line in File.ReadLines(file)
        where line.Length > 130
        select $"{Path.GetRelativePath(Root, file)}: {line.Trim()}");

    private static IEnumerable<string> SqlFiles() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.sql", SearchOption.AllDirectories);

    private static bool Reaches(string from, string to) => from == to || MayUse[from].Any(next => Reaches(next, to));

    private static string SliceOf(string file) =>
        Path.GetRelativePath(Path.Combine(Root, "src/Holdfast.Core"), file).Split(Path.DirectorySeparatorChar)[0];

    private static string FindRoot()
    {
        var here = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(here, "Holdfast.slnx")))
        {
            here = Path.GetDirectoryName(here) ?? throw new InvalidOperationException("Run the tests inside the repository.");
        }

        return here;
    }

    [GeneratedRegex(@"^using Holdfast\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingOfOurs();

    [GeneratedRegex(@"\binterface (I[A-Z]\w+)")]
    private static partial Regex InterfaceOfOurs();

    [GeneratedRegex("stripe|invoice|subscription|customer|livemode", RegexOptions.IgnoreCase)]
    private static partial Regex Billing();

    [GeneratedRegex(@"set\s+state\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex SetState();

    [GeneratedRegex(@"select \*", RegexOptions.IgnoreCase)]
    private static partial Regex SelectStar();
}
