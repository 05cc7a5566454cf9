using System.Data.Common;
using System.Diagnostics;

namespace Holdfast.Storage;

/// <summary>SQLite: moments are milliseconds since 1970, flags 0 and 1, lists JSON texts; one row of values at a time.</summary>
internal sealed class SqliteDialect : Dialect
{
    public override bool TakesColumns => false;

    public override Statement? LockNames => null;

    public override DbCommand CommandOf(DbConnection connection, Statement statement, IReadOnlyList<string> names)
    {
        var command = connection.CreateCommand();
        command.CommandText = statement.Sql;
        foreach (var name in names)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + name;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public override object Bind(DbParameter parameter, object value) => value switch
    {
        DateTimeOffset moment => moment.ToUnixTimeMilliseconds(),
        bool flag => flag ? 1L : 0L,
        IReadOnlyCollection<long> numbers => $"[{string.Join(',', numbers)}]",
        IReadOnlyCollection<string> texts => JsonTexts.Array(texts),
        _ => value,
    };

    public override object BindColumn(DbParameter parameter, IEnumerable<object?> values) => throw new UnreachableException();

    public override DateTimeOffset Moment(DbDataReader reader, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
}
