using Holdfast.Storage;

namespace Holdfast.Alerts;

/// <summary>What an alert is about: a kind, and the one it concerns.</summary>
internal readonly record struct AlertKey(string Kind, string Subject);

internal static class AlertKinds
{
    /// <summary>One event id was delivered with two different objects.</summary>
    public const string EventConflict = "event_conflict";

    /// <summary>Stripe does not take a key, or forbids it what it is needed for.</summary>
    public const string StripeKey = "stripe_key";

    /// <summary>Stripe does not answer, or is in trouble.</summary>
    public const string StripeAway = "stripe_away";

    /// <summary>Stripe refused a call as wrong.</summary>
    public const string StripeRequest = "stripe_request";

    /// <summary>Stripe refuses to tell of an object, so that what is held of it stays a guess.</summary>
    public const string FetchRefused = "fetch_refused";

    /// <summary>Somebody holds a snapshot of the database for so long that nothing can be cleaned up.</summary>
    public const string OldSnapshot = "old_snapshot";

    /// <summary>A table has more dead rows than live ones.</summary>
    public const string DeadRows = "dead_rows";

    /// <summary>Access needs something that is missing.</summary>
    public const string Parked = "parked";

    /// <summary>Events that were not delivered cannot be asked for.</summary>
    public const string CatchUp = "catch_up";

    /// <summary>Events of a span of time may have been missed for good.</summary>
    public const string Gap = "gap";

    /// <summary>What the upkeep of the store tells, and takes back when it has passed.</summary>
    public static readonly string[] OfTheStore = [OldSnapshot, DeadRows];
}

internal sealed record Alert
{
    public required long Id { get; init; }

    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public required string Message { get; init; }

    public required DateTimeOffset FirstAt { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    public required long Times { get; init; }

    public required string? AcknowledgedBy { get; init; }

    public required DateTimeOffset? AcknowledgedAt { get; init; }
}

/// <summary>What a person should know of: one open row per subject, however often it is raised.</summary>
internal sealed class AlertStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Alerts/AlertStore", database.Engine);

    public Task RaiseAsync(Session session, AlertKey key, string message, DateTimeOffset now) =>
        session.ExecuteAsync(
            _sql["Raise"], ("kind", key.Kind), ("subject", key.Subject), ("message", message), ("now", now));

    public Task<List<Alert>> ListOpenAsync(Session session, long? before, int limit) =>
        session.QueryAsync(_sql["ListOpen"], Read, ("before", before ?? long.MaxValue), ("limit", limit));

    /// <summary>Clears what has passed, if there is an open one.</summary>
    public Task ClearAsync(Session session, AlertKey key, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["Clear"], ("kind", key.Kind), ("subject", key.Subject), ("now", now));

    /// <summary>Clears the alerts of a kind whose subjects are fine again: all but those named.</summary>
    public Task ClearOthersAsync(Session session, string kind, IReadOnlyList<string> open, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["ClearOthers"], ("kind", kind), ("open", open), ("now", now));

    /// <returns>False when there is no such open alert.</returns>
    public async Task<bool> AcknowledgeAsync(Session session, long id, string by, DateTimeOffset now) =>
        await session.ExecuteAsync(_sql["Acknowledge"], ("id", id), ("by", by), ("now", now)) is 1;

    private static Alert Read(Row row) => new()
    {
        Id = row.Number(0),
        Kind = row.Text(1),
        Subject = row.Text(2),
        Message = row.Text(3),
        FirstAt = row.Moment(4),
        LastAt = row.Moment(5),
        Times = row.Number(6),
        AcknowledgedBy = row.TextOrNull(7),
        AcknowledgedAt = row.MomentOrNull(8),
    };
}
