using Npgsql;

namespace Holdfast.Storage;

internal sealed class PostgresAddress
{
    private readonly NpgsqlConnectionStringBuilder _builder;

    private PostgresAddress(NpgsqlConnectionStringBuilder builder) => _builder = builder;

    public NpgsqlConnectionStringBuilder ToBuilder() => new(_builder.ConnectionString);

    public static PostgresAddress Parse(string url)
    {
        var uri = new Uri(url);
        var user = uri.UserInfo.Split(':');
        return new(new()
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Username = user[0],
            Password = user.Length > 1 ? user[1] : null,
            Database = uri.AbsolutePath[1..],
        });
    }

    public override string ToString() => $"{_builder.Host}:{_builder.Port}/{_builder.Database}";
}
