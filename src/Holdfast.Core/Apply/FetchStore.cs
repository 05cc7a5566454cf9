using Holdfast.Storage;

namespace Holdfast.Apply;

/// <summary>What Stripe is to be asked about objects: one open row for each.</summary>
internal sealed class FetchStore(Database database)
{
    /// <summary>Of how many fetches the latest delays are told.</summary>
    private const int Latest = 1000;

    private readonly Statements _sql = Statements.Of("Apply/FetchStore", database.Engine);

    /// <summary>Opens a row for each, or adds to the one that is open.</summary>
    /// <param name="wants">One for each object, in the order of their keys; the objects are held by this session.</param>
    public Task<List<(long Id, bool IsNew)>> WantAsync(Session session, IReadOnlyList<Want> wants, DateTimeOffset now) =>
        session.QueryEachAsync(
            _sql["Want"],
            row => (row.Number(0), row.Number(1) is 1),
            [.. wants.Select(want => new (string, object?)[]
            {
                ("stripe_account", want.Key.StripeAccount),
                ("livemode", want.Key.Livemode),
                ("type", want.Key.Type),
                ("object_id", want.Key.Id),
                ("why", want.Why.Name),
                ("url", want.Url),
                ("api_version", want.ApiVersion),
                ("cause", want.Cause),
                ("changed_at", want.ChangedAt),
                ("opened_at", now),
                ("wanted_at", now),
            })]);

    public Task<Fetch?> FindAsync(Session session, long id) => session.FirstAsync(_sql["Find"], Read, [("id", id)]);

    /// <summary>Notes an answer after which it is asked again.</summary>
    /// <param name="looks">How many answers there are by now to what is wanted.</param>
    public Task LookedAsync(Session session, long id, long looks) =>
        session.ExecuteAsync(_sql["Looked"], ("id", id), ("looks", looks));

    /// <summary>Notes that Stripe could not be asked.</summary>
    public Task WaitedAsync(Session session, long id) => session.ExecuteAsync(_sql["Waited"], ("id", id));

    /// <param name="looks">How many answers there were; none when a person may have it asked again.</param>
    /// <param name="confirmed">Stripe's last answer is known to be true.</param>
    public Task CloseAsync(Session session, long id, long looks, bool confirmed, DateTimeOffset now) =>
        session.ExecuteAsync(
            _sql["Close"], ("id", id), ("looks", looks), ("confirmed", confirmed), ("closed_at", now));

    public async Task<FetchDelays> DelaysAsync(Session session, DateTimeOffset now)
    {
        var open = await session.QueryAsync(_sql["OldestOpen"], row => row.Moment(0));
        var closed = await session.QueryAsync(
            _sql["LatestConfirmed"], row => row.Moment(1) - row.Moment(0), ("limit", Latest));
        var sorted = closed.Order().ToArray();
        return new(
            open is [var oldest] ? now - oldest : null,
            sorted.Length is 0 ? null : sorted[sorted.Length / 2],
            sorted.Length is 0 ? null : sorted[^1]);
    }

    private static Fetch Read(Row row) => new()
    {
        Id = row.Number(0),
        Key = new(row.Text(1), row.Flag(2), row.Text(3), row.Text(4)),
        IsPressing = row.Text(5) is "doubt" or "thin",
        Url = row.TextOrNull(6),
        ApiVersion = row.TextOrNull(7),
        Cause = row.Text(8),
        ChangedAt = row.Moment(9),
        OpenedAt = row.Moment(10),
        WantedAt = row.Moment(11),
        Wanted = row.Number(12),
        Looks = row.Number(13),
        Waits = row.Number(14),
    };
}

/// <summary>How long it takes from a guess to its confirmation.</summary>
/// <param name="OldestOpen">Since when the oldest guess has been waiting; null when none is.</param>
/// <param name="Median">Of the last ones that were confirmed; null when there are none.</param>
/// <param name="Longest">Of the same.</param>
internal sealed record FetchDelays(TimeSpan? OldestOpen, TimeSpan? Median, TimeSpan? Longest);
