using System.Text.RegularExpressions;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Holdfast.Tests.Storage;

/// <summary>With millions of rows a statement without its index is an outage. SQLite says how it would run each one.</summary>
public sealed partial class QueryPlanTests
{
    private const string Migrations = "Storage/Migrations/";

    /// <summary>Tables that stay small, or of which a statement wants everything.</summary>
    private static readonly string[] MayBeScanned =
        ["counters", "tokens", "refusals", "nodes", "cursors", "migrations", "json_each", "CONSTANT"];

    public static TheoryData<string, string> EveryStatement =>
    [
        .. from file in EmbeddedText.Names
           where file.EndsWith(".sqlite.sql", StringComparison.Ordinal)
           where !file.StartsWith(Migrations, StringComparison.Ordinal)
           let store = file.Split('.')[0]
           from name in Statements.Of(store, "sqlite").Names
           select (store, name),
    ];

    [Theory, MemberData(nameof(EveryStatement))]
    public async Task No_statement_reads_a_whole_table(string store, string name)
    {
        await using var database = await TestDatabase.CreateAsync(Engine.Sqlite);
        var sql = Statements.Of(store, "sqlite")[name].Sql;

        var steps = Explain(database.SqlitePath, sql);

        Assert.DoesNotContain(steps, step => Scan().Match(step) is { Success: true } scan
            && !MayBeScanned.Contains(scan.Groups[1].Value)
            && !step.Contains("INDEX", StringComparison.Ordinal)
            && !step.StartsWith("SCAN (", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.EndsWith("autoindex_jobs_1 (kind=?)", StringComparison.Ordinal));
    }

    private static List<string> Explain(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "explain query plan " + sql;
        foreach (var parameter in Parameter().Matches(sql).Select(match => match.Value).Distinct())
        {
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        }

        var steps = new List<string>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            steps.Add(rows.GetString(3));
        }

        return steps;
    }

    [GeneratedRegex(@"^SCAN (\w+)")]
    private static partial Regex Scan();

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
