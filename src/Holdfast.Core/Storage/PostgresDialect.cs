using System.Data.Common;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Holdfast.Storage;

/// <summary>
/// PostgreSQL: each parameter says its type where the statement first names it, as in <c>@id::bigint</c>; many rows go
/// as one command with an array for each column.
/// </summary>
internal sealed partial class PostgresDialect : Dialect
{
    public override bool TakesColumns => true;

    // Two names may share a number; then one waits without need. Locks of equal numbers are one, so there is no circle.
    public override Statement LockNames { get; } = new(
        nameof(LockNames),
        """
        select pg_advisory_xact_lock(number)
        from (
            select distinct hashtextextended(name, @space::bigint) as number from unnest(@names::text[]) as name
            order by number) as sorted
        """);

    public override DbCommand CommandOf(DbConnection connection, Statement statement, IReadOnlyList<string> names)
    {
        var types = new Dictionary<string, NpgsqlDbType>(StringComparer.Ordinal);
        foreach (Match typed in TypedParameter.Matches(statement.Sql))
        {
            types.TryAdd(typed.Groups["name"].Value, TypeOf(typed.Groups["type"].Value, typed.Groups["array"].Success));
        }

        var command = new NpgsqlCommand { Connection = (NpgsqlConnection)connection };
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            places.Add(name, places.Count + 1);
            command.Parameters.Add(new NpgsqlParameter
            {
                NpgsqlDbType = types.TryGetValue(name, out var type)
                    ? type
                    : throw new InvalidOperationException($"{statement.Name} names no type for @{name}."),
            });
        }

        command.CommandText = Parameter.Replace(
            statement.Sql,
            named => places.TryGetValue(named.Groups["name"].Value, out var place)
                ? $"${place}"
                : throw new InvalidOperationException($"{statement.Name} takes {named.Value}, which it was not given."));
        return command;
    }

    public override object Bind(DbParameter parameter, object value) => value switch
    {
        string text => Writable(text)!,
        DateTimeOffset moment => Moment(moment),
        int number => (long)number,
        IReadOnlyCollection<long> numbers => numbers.ToArray(),
        IReadOnlyCollection<string> texts => texts.Select(Writable).ToArray(),
        byte[] bytes when TypeOf(parameter) is NpgsqlDbType.Json => Encoding.UTF8.GetString(bytes),
        _ => value,
    };

    public override object BindColumn(DbParameter parameter, IEnumerable<object?> values) =>
        (TypeOf(parameter) & ~NpgsqlDbType.Array) switch
        {
            NpgsqlDbType.Bigint => values.Select(value => value is int number ? number : (long?)value).ToArray(),
            NpgsqlDbType.Boolean => values.Select(value => (bool?)value).ToArray(),
            NpgsqlDbType.Bytea => values.Select(value => (byte[]?)value).ToArray(),
            NpgsqlDbType.TimestampTz =>
                values.Select(value => value is DateTimeOffset moment ? Moment(moment) : (DateTime?)null).ToArray(),
            _ => values.Select(value => Writable(value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : (string?)value))
                .ToArray(),
        };

    public override DateTimeOffset Moment(DbDataReader reader, int column) =>
        new(reader.GetDateTime(column), TimeSpan.Zero);

    /// <summary>PostgreSQL's texts hold every character but this one.</summary>
    private static string? Writable(string? text) => text?.Replace('\0', '\ufffd');

    /// <summary>To the millisecond, as the other engine keeps it.</summary>
    private static DateTime Moment(DateTimeOffset moment) =>
        DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds()).UtcDateTime;

    private static NpgsqlDbType TypeOf(DbParameter parameter) => ((NpgsqlParameter)parameter).NpgsqlDbType;

    private static NpgsqlDbType TypeOf(string name, bool isArray)
    {
        var type = name switch
        {
            "bigint" => NpgsqlDbType.Bigint,
            "text" => NpgsqlDbType.Text,
            "boolean" => NpgsqlDbType.Boolean,
            "timestamptz" => NpgsqlDbType.TimestampTz,
            "bytea" => NpgsqlDbType.Bytea,
            "json" => NpgsqlDbType.Json,
            _ => throw new InvalidOperationException($"There is no parameter of the type {name}."),
        };
        return isArray ? type | NpgsqlDbType.Array : type;
    }

    [GeneratedRegex(@"@(?<name>[a-z_]+)")]
    private static partial Regex Parameter { get; }

    [GeneratedRegex(@"@(?<name>[a-z_]+)::(?<type>[a-z]+)(?<array>\[\])?")]
    private static partial Regex TypedParameter { get; }
}
