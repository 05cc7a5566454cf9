using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>The transactions of a node's ordinary life.</summary>
public enum TransactionKind
{
    /// <summary>A group of deliveries is stored.</summary>
    Ingest,

    /// <summary>Due jobs are claimed and applied together.</summary>
    Apply,

    /// <summary>One job is claimed and applied by itself, as after a batch that failed.</summary>
    ApplyAlone,

    /// <summary>A failed attempt is written down.</summary>
    Record,

    /// <summary>A node says that it is alive.</summary>
    Beat,
}

internal static partial class TransactionKinds
{
    /// <summary>Whether a statement, as the server gets it, is the first of such a transaction.</summary>
    public static bool IsBegunBy(this TransactionKind kind, string sql) => kind switch
    {
        TransactionKind.Ingest => sql.Contains("insert into event_ids", StringComparison.Ordinal),
        TransactionKind.Apply => IsClaim(sql) && sql.Contains("where kind =", StringComparison.Ordinal),
        TransactionKind.ApplyAlone => IsClaim(sql) && sql.Contains("where id =", StringComparison.Ordinal),
        TransactionKind.Record => IsFinish().IsMatch(sql),
        TransactionKind.Beat => sql.Contains("update nodes set seen_at", StringComparison.Ordinal),
        _ => throw new UnreachableException(),
    };

    private static bool IsClaim(string sql) =>
        sql.Contains("state = 'waiting'", StringComparison.Ordinal)
        && sql.Contains("\nfrom jobs\n", StringComparison.Ordinal)
        && sql.EndsWith("for update skip locked", StringComparison.Ordinal);

    [GeneratedRegex(@"update jobs\s+set state = \$\d+::text, attempt =")]
    private static partial Regex IsFinish();
}
