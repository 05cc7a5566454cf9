namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// Does something once, to the n-th message in either direction of one transaction of a kind. Messages count from the
/// transaction's first statement to the answer to its commit.
/// </summary>
/// <remarks>
/// A driver sends BEGIN together with the first statement, so that losing either is the same. A transaction that finds
/// nothing to do by its first statement does not count.
/// </remarks>
/// <param name="begins">Whether a statement is the first of such a transaction, and of no other.</param>
internal sealed class TransactionFault(Func<string, bool> begins, int nth, Func<ProxyAction> fault)
{
    private readonly Dictionary<int, Transaction> _open = [];
    private volatile bool _isDone;
    private volatile int _ended;

    /// <summary>There was an n-th message.</summary>
    public bool IsDone => _isDone;

    /// <summary>How many transactions of the kind came to their end.</summary>
    public int Ended => _ended;

    public ProxyAction Rule(ProxyMessage message)
    {
        if (message is { Kind: ProxyMessageKind.Parse or ProxyMessageKind.Bind, Text: { } sql } && begins(sql))
        {
            _open.TryAdd(message.Connection, new());
        }

        if (!_open.TryGetValue(message.Connection, out var transaction))
        {
            return new ProxyAction.Forward();
        }

        transaction.Messages++;
        Follow(transaction, message);
        if (_isDone || transaction.Messages != nth)
        {
            return new ProxyAction.Forward();
        }

        _isDone = true;
        return fault();
    }

    private void Follow(Transaction transaction, ProxyMessage message)
    {
        switch (message)
        {
            case { Kind: ProxyMessageKind.CommandComplete, Text: "SELECT 0" } when !transaction.HasWork:
                _open.Remove(message.Connection);
                break;
            case { Kind: ProxyMessageKind.CommandComplete, Text: "COMMIT" or "ROLLBACK" }:
                transaction.IsEnding = true;
                break;
            case { Kind: ProxyMessageKind.CommandComplete, Text: not "BEGIN" }:
                transaction.HasWork = true;
                break;
            case { Kind: ProxyMessageKind.ReadyForQuery } when transaction.IsEnding:
                _open.Remove(message.Connection);
                _ended++;
                break;
        }
    }

    private sealed class Transaction
    {
        public int Messages { get; set; }

        public bool HasWork { get; set; }

        public bool IsEnding { get; set; }
    }
}
