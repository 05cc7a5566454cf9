namespace Holdfast.Testing;

/// <summary>One message between a client and PostgreSQL, as a <see cref="TcpProxy"/> sees it before it passes it on.</summary>
/// <remarks>https://www.postgresql.org/docs/current/protocol-message-formats.html</remarks>
/// <param name="Connection">Counted from 1 over the life of the proxy.</param>
/// <param name="Number">Counted from 1 on this connection in this direction.</param>
/// <param name="Kind">The protocol's name for it.</param>
/// <param name="Text">
/// To the server, the statement that it is about. To the client, what was completed (<c>INSERT 0 1</c>) or the SQLSTATE
/// of the error.
/// </param>
internal sealed record ProxyMessage(
    int Connection, ProxyDirection Direction, int Number, ProxyMessageKind Kind, string? Text = null)
{
    /// <summary>It asks the server to commit.</summary>
    public bool IsCommit => Kind is ProxyMessageKind.Query or ProxyMessageKind.Execute && IsAboutCommit;

    /// <summary>It says that the server has committed.</summary>
    public bool IsCommitted => Kind is ProxyMessageKind.CommandComplete && IsAboutCommit;

    private bool IsAboutCommit => string.Equals(Text, "commit", StringComparison.OrdinalIgnoreCase);
}

internal enum ProxyDirection
{
    ToServer,
    ToClient,
}

/// <summary>What the proxy tells apart; the rest of the protocol is <see cref="Other"/>.</summary>
internal enum ProxyMessageKind
{
    Other,
    Startup,
    CancelRequest,
    EncryptionRequest,
    Query,
    Parse,
    Bind,
    Describe,
    Execute,
    Sync,
    Terminate,
    Authentication,
    CommandComplete,
    DataRow,
    ReadyForQuery,
    ErrorResponse,
    NotificationResponse,
}
