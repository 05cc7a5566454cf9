using System.Data.Common;

namespace Holdfast.Storage;

/// <summary>One row of an answer, read by position. Each engine keeps moments in its own way.</summary>
internal readonly struct Row(DbDataReader reader, Dialect dialect)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Number(int column) => reader.GetInt64(column);

    public long? NumberOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : Bytes(column);

    public DateTimeOffset Moment(int column) => dialect.Moment(reader, column);

    public DateTimeOffset? MomentOrNull(int column) => reader.IsDBNull(column) ? null : Moment(column);
}
