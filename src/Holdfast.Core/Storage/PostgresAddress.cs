using System.Globalization;
using Npgsql;

namespace Holdfast.Storage;

/// <summary>
/// Where a PostgreSQL database is and how to reach it, read from a URL as PostgreSQL's own clients read it. What they
/// understand and we cannot do is refused, so that no parameter is without effect in silence.
/// </summary>
/// <remarks>https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS</remarks>
internal sealed class PostgresAddress
{
    private const int MaxSeconds = 1024; // the driver's own bound on connecting

    /// <summary>
    /// How many seconds each host has to answer unless the URL says otherwise. A machine that vanished refuses nothing:
    /// until the next host is tried, no delivery is taken.
    /// </summary>
    private const int ConnectWithin = 3;

    private static readonly Dictionary<string, Action<NpgsqlConnectionStringBuilder, string>> Known =
        new(StringComparer.Ordinal)
        {
            ["host"] = (_, _) => { }, // with its port, in SetHosts
            ["port"] = (_, _) => { },
            ["dbname"] = (to, value) => to.Database = value,
            ["user"] = (to, value) => to.Username = value,
            ["password"] = (to, value) => to.Password = value,
            ["passfile"] = (to, value) => to.Passfile = value,
            ["application_name"] = (to, value) => to.ApplicationName = value,
            ["options"] = (to, value) => to.Options = value,
            ["connect_timeout"] = (to, value) => to.Timeout = Seconds(value),
            ["keepalives"] = (to, value) => to.TcpKeepAlive = OneOf(value, ("1", true), ("0", false)),
            ["keepalives_idle"] = (to, value) => to.TcpKeepAliveTime = Seconds(value),
            ["keepalives_interval"] = (to, value) => to.TcpKeepAliveInterval = Seconds(value),
            ["sslmode"] = (to, value) => to.SslMode = OneOf(
                value,
                ("disable", SslMode.Disable),
                ("allow", SslMode.Allow),
                ("prefer", SslMode.Prefer),
                ("require", SslMode.Require),
                ("verify-ca", SslMode.VerifyCA),
                ("verify-full", SslMode.VerifyFull)),
            ["sslnegotiation"] = (to, value) => to.SslNegotiation = OneOf(
                value, ("postgres", SslNegotiation.Postgres), ("direct", SslNegotiation.Direct)),
            ["sslrootcert"] = (to, value) => to.RootCertificate = value,
            ["sslcert"] = (to, value) => to.SslCertificate = value,
            ["sslkey"] = (to, value) => to.SslKey = value,
            ["sslpassword"] = (to, value) => to.SslPassword = value,
            ["channel_binding"] = (to, value) => to.ChannelBinding = OneOf(
                value,
                ("disable", ChannelBinding.Disable),
                ("prefer", ChannelBinding.Prefer),
                ("require", ChannelBinding.Require)),
            ["gssencmode"] = (to, value) => to.GssEncryptionMode = OneOf(
                value,
                ("disable", GssEncryptionMode.Disable),
                ("prefer", GssEncryptionMode.Prefer),
                ("require", GssEncryptionMode.Require)),
            ["target_session_attrs"] = (to, value) => to.TargetSessionAttributes = OneOf(
                value, ("primary", "primary"), ("read-write", "read-write")),
        };

    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["hostaddr"] = "write the address as the host",
        ["service"] = "write out what the service stands for",
        ["client_encoding"] = "it is UTF8 always",
        ["keepalives_count"] = "the operating system's count is used",
        ["tcp_user_timeout"] = "keepalives and Holdfast's own time limits do its work",
        ["load_balance_hosts"] = "only the primary is of use to Holdfast",
        ["sslcrl"] = "lists of revoked certificates are not read",
        ["sslcrldir"] = "lists of revoked certificates are not read",
        ["ssl_min_protocol_version"] = "the operating system has that setting",
        ["ssl_max_protocol_version"] = "the operating system has that setting",
        ["requirepeer"] = "who owns the socket is not looked at",
        ["require_auth"] = "ask for the method in the server's pg_hba.conf",
    };

    private readonly string _connection;
    private readonly string _description;

    private PostgresAddress(NpgsqlConnectionStringBuilder connection)
    {
        _connection = connection.ConnectionString;
        var hosts = IsList(connection) ? connection.Host : Place(connection.Host!, connection.Port);
        _description = $"{hosts}/{connection.Database}";
    }

    /// <exception cref="FormatException">
    /// Something is wrong: all of it is in the message, without the password.
    /// </exception>
    public static PostgresAddress Parse(string url)
    {
        // Keepalives are on as with PostgreSQL's own clients: a server that vanished is noticed while waiting, too.
        var connection = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = "holdfast",
            Timeout = ConnectWithin,
            TcpKeepAlive = true,
        };
        var keywords = PostgresUrl.Keywords(url);
        var (host, port) = (keywords.GetValueOrDefault("host", ""), keywords.GetValueOrDefault("port", ""));
        List<string> wrong = [.. SetHosts(connection, host, port)];

        // A password in which a sign is not encoded can look like a port, and go on as one more parameter.
        var mayBeNamed = wrong is [] && !url.Contains("password=", StringComparison.Ordinal);
        wrong.AddRange(keywords.Select(pair => Set(connection, pair.Key, pair.Value, mayBeNamed)).OfType<string>());
        wrong.AddRange(Settle(connection));
        return wrong is []
            ? new(connection)
            : throw new FormatException(string.Join(' ', wrong.Select(what => $"It {what}.")));
    }

    /// <summary>
    /// For the driver: a new one each time, to which may be added what sessions need. It has the password.
    /// </summary>
    public NpgsqlConnectionStringBuilder ToBuilder() => new(_connection);

    /// <summary>The hosts and the database, such as <c>db1:5432,db2:5432/holdfast</c>: no user and no password.</summary>
    public override string ToString() => _description;

    /// <returns>What is wrong with it, or null.</returns>
    private static string? Set(NpgsqlConnectionStringBuilder connection, string name, string value, bool mayBeNamed)
    {
        if (Refused.TryGetValue(name, out var reason))
        {
            return $"has {name}, which Holdfast does not take: {reason}";
        }

        if (!Known.TryGetValue(name, out var set))
        {
            return $"has {(mayBeNamed ? name : "a parameter")}, which Holdfast does not know; those it knows are "
                + string.Join(", ", Known.Keys.Order(StringComparer.Ordinal));
        }

        try
        {
            set(connection, value);
            return null;
        }
        catch (FormatException exception)
        {
            return $"has {name}, which {exception.Message}";
        }
    }

    private static IEnumerable<string> SetHosts(NpgsqlConnectionStringBuilder connection, string host, string port)
    {
        var (hosts, ports) = (host.Split(','), port.Split(','));
        if (hosts.Contains(""))
        {
            yield return $"leaves out a host; {PostgresUrl.Form}";
        }
        else if (ports.Length is not 1 && ports.Length != hosts.Length || !ports.All(IsPort))
        {
            yield return "has a port that is no number from 1 to 65535, or not a port for each host; " + PostgresUrl.Form;
        }
        else if (hosts is [var single])
        {
            (connection.Host, connection.Port) = (single, PortOf(ports[0]));
        }
        else if (hosts.Any(IsSocket))
        {
            yield return "has a socket among several hosts; write the one socket, or names that every node can reach";
        }
        else
        {
            connection.Host = string.Join(
                ',', hosts.Select((one, at) => Place(one, PortOf(ports[Math.Min(at, ports.Length - 1)]))));
        }
    }

    /// <summary>What follows from several parameters together.</summary>
    private static IEnumerable<string> Settle(NpgsqlConnectionStringBuilder connection)
    {
        if (connection.Database is null)
        {
            yield return $"names no database; {PostgresUrl.Form}";
        }

        if (connection.TcpKeepAliveInterval > 0 && connection.TcpKeepAliveTime is 0)
        {
            yield return "has keepalives_interval, which needs keepalives_idle beside it";
        }

        if (connection.RootCertificate is "system")
        {
            connection.RootCertificate = null;
            if (connection.SslMode is not SslMode.VerifyFull)
            {
                yield return "has sslrootcert=system, which needs sslmode=verify-full beside it";
            }
        }
        else if (connection is { RootCertificate: not null, SslMode: SslMode.Require })
        {
            // The driver would look at no certificate; PostgreSQL's own clients do, once they are given a root.
            connection.SslMode = SslMode.VerifyCA;
        }

        if (IsSocket(connection.Host ?? ""))
        {
            // Without effect on a socket for PostgreSQL's own clients; the driver would fail to connect.
            (connection.SslMode, connection.TcpKeepAlive, connection.TcpKeepAliveTime) = (SslMode.Disable, false, 0);
            connection.TcpKeepAliveInterval = 0;
        }

        if (IsList(connection))
        {
            // For as long as this the driver takes a host for what it was, and a promoted standby for a standby.
            (connection.TargetSessionAttributes, connection.HostRecheckSeconds) =
                (connection.TargetSessionAttributes ?? "primary", 1);
        }
        else
        {
            // One host leaves nothing to choose; opening the store finds out whether it can be written to.
            connection.TargetSessionAttributes = null;
        }
    }

    private static bool IsList(NpgsqlConnectionStringBuilder connection) =>
        connection.Host?.Contains(',', StringComparison.Ordinal) is true;

    private static bool IsSocket(string host) => host.StartsWith('/');

    private static bool IsPort(string text) =>
        text is "" || ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    private static int PortOf(string text) =>
        text is "" ? NpgsqlConnection.DefaultPort : int.Parse(text, CultureInfo.InvariantCulture);

    private static string Place(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    private static int Seconds(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds is > 0 and <= MaxSeconds
            ? seconds
            : throw new FormatException($"must be a number of seconds from 1 to {MaxSeconds}");

    private static T OneOf<T>(string value, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        foreach (var choice in choices)
        {
            if (choice.Name == value)
            {
                return choice.Value;
            }
        }

        throw new FormatException($"must be one of {string.Join(", ", choices.ToArray().Select(choice => choice.Name))}");
    }
}
