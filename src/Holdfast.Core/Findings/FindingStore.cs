using Holdfast.Storage;

namespace Holdfast.Findings;

/// <summary>The findings: one open row for each key, however often it is raised; closed ones are history.</summary>
internal sealed class FindingStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Findings/FindingStore", database.Engine);

    /// <summary>
    /// Opens a finding, or says anew what an open one is. Its deadline stays what it was: to be raised again is no reason
    /// for more time.
    /// </summary>
    /// <param name="facts">A JSON object.</param>
    /// <returns>True when it was not open before.</returns>
    public async Task<bool> RaiseAsync(
        Session session, FindingKey key, string message, string facts, DateTimeOffset? deadline, DateTimeOffset now) =>
        await session.NumberAsync(
            _sql["Raise"],
            ("kind", key.Kind),
            ("stripe_account", key.StripeAccount),
            ("livemode", key.Livemode),
            ("subject", key.Subject),
            ("message", message),
            ("facts", facts),
            ("deadline_at", deadline),
            ("now", now)) is 1;

    /// <param name="why">What made it so, for whoever reads it later.</param>
    /// <returns>False when there was no such open finding.</returns>
    public async Task<bool> CloseAsync(Session session, FindingKey key, string why, DateTimeOffset now) =>
        await session.ExecuteAsync(
            _sql["Close"],
            ("kind", key.Kind),
            ("stripe_account", key.StripeAccount),
            ("livemode", key.Livemode),
            ("subject", key.Subject),
            ("closed_for", why),
            ("now", now)) is 1;

    public Task<Finding?> FindAsync(Session session, long id) => session.FirstAsync(_sql["Find"], Read, [("id", id)]);

    public Task<List<Finding>> ListAsync(Session session, FindingFilter filter) =>
        session.QueryAsync(
            _sql[filter.IsOpen is true ? "ListOpen" : "List"],
            Read,
            ("before", filter.Before ?? long.MaxValue),
            ("kind", filter.Kind),
            ("is_open", filter.IsOpen),
            ("livemode", filter.Livemode),
            ("limit", filter.Limit));

    private static Finding Read(Row row) => new()
    {
        Id = row.Number(0),
        Key = new(row.Text(1), row.Text(2), row.Flag(3), row.Text(4)),
        Message = row.Text(5),
        Facts = row.Text(6),
        FirstAt = row.Moment(7),
        LastAt = row.Moment(8),
        Times = row.Number(9),
        DeadlineAt = row.MomentOrNull(10),
        ClosedAt = row.MomentOrNull(11),
        ClosedFor = row.TextOrNull(12),
    };
}
