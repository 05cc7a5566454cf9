namespace Holdfast.Storage;

/// <summary>
/// The URL of a PostgreSQL database, taken apart into the keywords by which PostgreSQL's own clients know the same
/// things: <c>user</c>, <c>password</c>, <c>host</c>, <c>port</c>, <c>dbname</c>, and each parameter after the question
/// mark. Several hosts and their ports are lists with commas.
/// </summary>
/// <remarks>https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS</remarks>
internal static class PostgresUrl
{
    public const string Form = "the form is postgres://user:password@host:5432/database";

    private static readonly string[] Prefixes = ["postgres://", "postgresql://"];

    public static bool IsOne(string url) => Prefixes.Any(prefix => url.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>What it says, decoded; nothing of what it leaves empty.</summary>
    /// <exception cref="FormatException">
    /// It cannot be taken apart. The message quotes nothing: in such a URL, anything may be the password.
    /// </exception>
    public static Dictionary<string, string> Keywords(string url)
    {
        var (_, rest) = Cut(url, "://");
        var (before, query) = Cut(rest, "?");
        var (authority, database) = Cut(before, "/");

        // A password that is not encoded ends the authority too early, and its @ turns up further on.
        var hasNoUser = !authority.Contains('@', StringComparison.Ordinal);
        if (authority.Count(sign => sign is '@') > 1
            || database.Contains('@', StringComparison.Ordinal)
            || hasNoUser && database.Length is 0 && query.Contains('@', StringComparison.Ordinal))
        {
            throw new FormatException(
                "It has an @ where none can be. In a user, password or parameter write @ as %40, / as %2F, ? as %3F and "
                + "& as %26.");
        }

        var keywords = new Dictionary<string, string>(StringComparer.Ordinal);
        var (user, hosts) = hasNoUser ? ("", authority) : Cut(authority, "@");
        var (name, password) = Cut(user, ":");
        var places = hosts.Split(',').Select(HostAndPort).ToArray();
        Add(keywords, "user", Decoded(name));
        Add(keywords, "password", Decoded(password));
        Add(keywords, "host", List(places.Select(place => place.Host)));
        Add(keywords, "port", List(places.Select(place => place.Port)));
        Add(keywords, "dbname", Decoded(database));
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!parameter.Contains('=', StringComparison.Ordinal))
            {
                throw new FormatException(
                    "It has a parameter without a value; write name=value, and & inside a value as %26.");
            }

            var (key, value) = Cut(parameter, "=");
            Add(keywords, Decoded(key), Decoded(value));
        }

        return keywords;
    }

    private static (string Host, string Port) HostAndPort(string text)
    {
        var colon = text.IndexOf(':', Math.Max(0, text.IndexOf(']', StringComparison.Ordinal)));
        var (host, port) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        return port.Contains(':', StringComparison.Ordinal)
            ? throw new FormatException(
                $"It has a host with more than one colon; an IPv6 address stands in brackets, and {Form}.")
            : (Decoded(host is ['[', .. var address, ']'] ? address : host), port);
    }

    private static string List(IEnumerable<string> parts)
    {
        var list = string.Join(',', parts);
        return list.Trim(',') is "" ? "" : list;
    }

    private static void Add(Dictionary<string, string> keywords, string name, string value)
    {
        if (value.Length > 0 && !keywords.TryAdd(name, value))
        {
            throw new FormatException(
                "It says something twice: the user, the password, the hosts, the database or a parameter.");
        }
    }

    private static (string Before, string After) Cut(string text, string at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var place
            ? (text[..place], text[(place + at.Length)..])
            : (text, "");

    private static string Decoded(string text)
    {
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
            {
                throw new FormatException("It has a % with no two hexadecimal digits after it; write a % itself as %25.");
            }
        }

        return Uri.UnescapeDataString(text);
    }
}
