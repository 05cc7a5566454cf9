using Holdfast.Storage;

namespace Holdfast.Telemetry;

/// <summary>The names of what is counted. Counts are kept in the store, in the transaction that did what they count.</summary>
internal static class Counters
{
    /// <summary>Events stored; each once.</summary>
    public const string Received = "received";

    /// <summary>Events stored because they were asked for, before any delivery of them came.</summary>
    public const string CaughtUp = "caught_up";

    /// <summary>Deliveries of events that were stored already.</summary>
    public const string Duplicates = "duplicates";

    /// <summary>Deliveries turned away.</summary>
    public const string Refused = "refused";

    /// <summary>Deliveries whose object differed from the one stored under the same id and API version.</summary>
    public const string Conflicts = "conflicts";

    /// <summary>Event jobs done.</summary>
    public const string Applied = "applied";

    /// <summary>Observations that were newer than what was held, or the first of their object.</summary>
    public const string Fresh = "fresh";

    /// <summary>Questions about an object that Stripe has answered.</summary>
    public const string Fetched = "fetched";

    /// <summary>Objects whose state Stripe has confirmed, after it had been a guess.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>Observations older than what was held.</summary>
    public const string Stale = "stale";

    /// <summary>Observations that could not be put in order.</summary>
    public const string InDoubt = "in_doubt";

    /// <summary>Deliveries by the signing secret that matched: which secrets are still in use.</summary>
    public static string SecretMatched(string endpoint, string fingerprint) => $"secret_matched:{endpoint}:{fingerprint}";

    /// <summary>Deliveries turned away, by cause.</summary>
    public static string RefusedFor(string cause) => $"refused:{cause}";
}

internal sealed class CounterStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Telemetry/CounterStore", database.Engine);

    public async Task AddAsync(Session session, string name, long count)
    {
        if (count > 0)
        {
            await session.ExecuteAsync(_sql["Add"], ("name", name), ("count", count));
        }
    }

    public async Task<IReadOnlyDictionary<string, long>> AllAsync(Session session) =>
        (await session.QueryAsync(_sql["All"], row => (Name: row.Text(0), Count: row.Number(1))))
            .ToDictionary(counter => counter.Name, counter => counter.Count, StringComparer.Ordinal);
}
