using Holdfast.Storage;

namespace Holdfast.Stripe.Calls;

/// <summary>Which calls are looked for. Null finds all.</summary>
/// <param name="StatusClass">2 to 5, as in "4xx"; 0 for those without an answer.</param>
internal sealed record CallFilter(string? RequestId, string? Cause, long? StatusClass, long? Before, int Limit);

internal sealed class CallStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Stripe/Calls/CallStore", database.Engine);

    public Task AddAsync(Session session, IEnumerable<CallRecord> records) =>
        session.ExecuteEachAsync(
            _sql["Add"],
            [.. records.Select(record => new (string, object?)[]
            {
                ("at", record.At),
                ("correlation", record.Correlation),
                ("request_id", record.RequestId),
                ("method", record.Method),
                ("path", record.Path),
                ("status", record.Status),
                ("status_class", (record.Status ?? 0) / 100),
                ("failure", record.Failure),
                ("duration_ms", (long)record.Duration.TotalMilliseconds),
                ("attempt", record.Attempt),
                ("lane", record.Lane.Name),
                ("cause", record.Cause),
                ("stripe_account", record.StripeAccount),
                ("node", record.Node),
            })]);

    public Task<List<CallRecord>> ListAsync(Session session, CallFilter filter) =>
        session.QueryAsync(
            _sql[filter switch
            {
                { RequestId: not null } => "ListByRequest",
                { Cause: not null } => "ListByCause",
                { StatusClass: not null } => "ListByStatus",
                _ => "List",
            }],
            Read,
            ("request_id", filter.RequestId),
            ("cause", filter.Cause),
            ("status_class", filter.StatusClass),
            ("before", filter.Before ?? long.MaxValue),
            ("limit", filter.Limit));

    private static CallRecord Read(Row row) => new()
    {
        Id = row.Number(0),
        At = row.Moment(1),
        Correlation = row.Text(2),
        RequestId = row.TextOrNull(3),
        Method = row.Text(4),
        Path = row.Text(5),
        Status = row.NumberOrNull(6),
        Failure = row.TextOrNull(7),
        Duration = TimeSpan.FromMilliseconds(row.Number(8)),
        Attempt = row.Number(9),
        Lane = Lane.Parse(row.Text(10)),
        Cause = row.Text(11),
        StripeAccount = row.Text(12),
        Node = row.Text(13),
    };
}

internal static class LaneNames
{
    extension(Lane lane)
    {
        /// <summary>The word in the database and in the API.</summary>
        public string Name => lane switch
        {
            Lane.Live => "live",
            Lane.Confirm => "confirm",
            Lane.Repair => "repair",
            Lane.Backfill => "backfill",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    extension(Lane)
    {
        public static Lane Parse(string name) => Enum.GetValues<Lane>().First(lane => lane.Name == name);
    }
}
