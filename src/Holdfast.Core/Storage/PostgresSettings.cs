namespace Holdfast.Storage;

/// <summary>How the sessions of one purpose are set.</summary>
/// <param name="Connections">How many there may be.</param>
/// <param name="CommandTimeout">After how many seconds without an answer the server is taken for lost.</param>
internal sealed record PostgresSettings(int Connections, int CommandTimeout, string Sql)
{
    public const string Schema = "holdfast";

    // A node that froze or was cut off lets go by itself: its transaction idles no longer than this, and an answer that
    // it does not take is not held for it.
    private const string LetGo =
        $"""
        set search_path = {Schema};
        set client_connection_check_interval = '1s';
        set tcp_user_timeout = '8s';
        set tcp_keepalives_idle = 5;
        set tcp_keepalives_interval = 2;
        set tcp_keepalives_count = 2;

        """;

    // A statement that waits for others gives up in time, and is tried again. Each has one good plan whatever its values are
    // (PostgresPlanTests), and so is planned once for a session.
    private const string All = LetGo +
        """
        set jit = off;
        set plan_cache_mode = force_generic_plan;
        set enable_seqscan = off;
        set enable_hashjoin = off;
        set enable_mergejoin = off;

        """;

    // A weaker setting of the server, the database or the user would acknowledge what a crash takes back; a stronger one
    // stays. It is set in every case: a session that leaves it as it is follows whatever the server is told later.
    private const string Durable =
        """
        select set_config(
            'synchronous_commit',
            case when current_setting('synchronous_commit') in ('off', 'local', 'remote_write') then 'on'
                else current_setting('synchronous_commit') end,
            false);

        """;

    /// <summary>After how many quiet seconds a connection is asked whether it lives; 0 for never.</summary>
    public int KeepAlive { get; private init; }

    public static PostgresSettings Ingest { get; } = new(2, 4, All + Durable +
        """
        set lock_timeout = '400ms';
        set statement_timeout = '3s';
        set idle_in_transaction_session_timeout = '3s';
        """);

    public static PostgresSettings Work { get; } = new(4, 6, All + Durable +
        """
        set lock_timeout = '800ms';
        set statement_timeout = '5s';
        set idle_in_transaction_session_timeout = '6s';
        """);

    public static PostgresSettings Reads { get; } = new(8, 12, All +
        """
        set default_transaction_read_only = on;
        set statement_timeout = '10s';
        set idle_in_transaction_session_timeout = '15s';
        """);

    /// <summary>It asks what became of commits, beside all else that connections are taken for.</summary>
    public static PostgresSettings Settling { get; } = new(1, 3, All +
        """
        set default_transaction_read_only = on;
        set statement_timeout = '2s';
        set idle_in_transaction_session_timeout = '3s';
        """);

    /// <summary>It only waits; that it still can is asked now and then, as nothing else would tell.</summary>
    public static PostgresSettings Listening { get; } = new(1, 6, $"listen {Schema}") { KeepAlive = 10 };

    /// <summary>
    /// It asks for its locks again and again, rather than stand in a queue that all others wait behind. Each time is shorter
    /// than deliveries wait.
    /// </summary>
    /// <remarks>
    /// A step that takes longer than an answer is waited for would hold its locks as long, and belongs in parts.
    /// </remarks>
    public static PostgresSettings Migration { get; } = new(2, 30, LetGo +
        """
        set lock_timeout = '200ms';
        set idle_in_transaction_session_timeout = '6s';
        """);
}
