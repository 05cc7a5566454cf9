using Holdfast.Apply;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Reconciliation;
using Holdfast.Storage;
using Holdfast.Stripe;
using Holdfast.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class StatsApi
{
    private const string RefusedPrefix = "refused:";

    public static void MapStats(this IEndpointRouteBuilder api) =>
        api.MapGet("/stats", ShowAsync).WithSummary("Shows what was counted since the store was made, and the work there is.");

    private static async Task<Ok<StatsItem>> ShowAsync(
        Database database,
        JobStore jobs,
        CursorStore cursors,
        CounterStore counters,
        FetchStore fetches,
        RefusalLog refusals,
        Endpoints endpoints,
        HoldfastSettings settings,
        TimeProvider clock,
        CancellationToken ct)
    {
        await refusals.FlushAsync();
        var now = clock.GetUtcNow();
        var (work, counts, delays, catchUp) = await database.ReadAsync(
            async session => (
                await jobs.CountsAsync(session, now),
                await counters.AllAsync(session),
                await fetches.DelaysAsync(session, now),
                await cursors.ListAsync(session, Sweep.Events)),
            ct);
        List<JobCount> toBeDone = [.. work.Where(count => count.Kind is not CatchUp.JobKind)];
        List<Cursor> asked = [.. catchUp.Where(cursor => IsAsked(cursor, settings))];
        return TypedResults.Ok(StatsItem.Of(toBeDone, counts, delays, asked, endpoints, now));
    }

    /// <summary>Neither of another mode nor of an account that was asked formerly.</summary>
    private static bool IsAsked(Cursor cursor, HoldfastSettings settings) =>
        cursor.Livemode == (settings.Mode is StripeMode.Live)
        && (cursor.StripeAccount is "" || settings.Options.Stripe.ConnectedAccounts.Contains(cursor.StripeAccount));

    private static Dictionary<string, long> Under(string prefix, IReadOnlyDictionary<string, long> counts) => counts
        .Where(counter => counter.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(counter => counter.Key[prefix.Length..], counter => counter.Value);

    internal static Dictionary<string, long> RefusedByCause(IReadOnlyDictionary<string, long> counts) =>
        Under(RefusedPrefix, counts);

    /// <summary>The secrets that are accepted now, by their place in the configuration.</summary>
    internal static Dictionary<string, long> SecretsMatched(
        IReadOnlyDictionary<string, long> counts, Endpoints endpoints) =>
        endpoints.All
            .SelectMany(endpoint => endpoint.Secrets.Select((secret, place) => (
                Name: $"{endpoint.Name}:{place + 1}",
                Count: counts.GetValueOrDefault(Counters.SecretMatched(endpoint.Name, secret.Fingerprint)))))
            .ToDictionary(secret => secret.Name, secret => secret.Count);
}

internal sealed record WorkItem(long Open, long Due, long Dead, long Unknown);

/// <summary>How long it takes from a guess to Stripe's confirmation, in seconds; null when there is nothing to tell.</summary>
/// <param name="OldestOpenSeconds">Since when the oldest question has been open.</param>
/// <param name="MedianSeconds">Of the last thousand questions that were closed, those that were confirmed.</param>
/// <param name="LongestSeconds">Of the same.</param>
internal sealed record ConfirmationItem(double? OldestOpenSeconds, double? MedianSeconds, double? LongestSeconds)
{
    public static ConfirmationItem Of(FetchDelays delays) => new(
        delays.OldestOpen?.TotalSeconds, delays.Median?.TotalSeconds, delays.Longest?.TotalSeconds);
}

/// <param name="CompleteUntil">By Stripe's clock: every event until then is here, delivered or asked for.</param>
/// <param name="LastRun">By our clock: when it was last so up to the present.</param>
/// <param name="BehindSeconds">How long ago that was.</param>
/// <param name="Trouble">Why it comes no further; null when it does.</param>
internal sealed record CatchUpItem(
    string? StripeAccount,
    bool Livemode,
    DateTimeOffset? CompleteUntil,
    DateTimeOffset? LastRun,
    double? BehindSeconds,
    string? Trouble,
    DateTimeOffset? TroubleSince)
{
    public static CatchUpItem Of(Cursor cursor, DateTimeOffset now) => new(
        cursor.StripeAccount is { Length: > 0 } account ? account : null,
        cursor.Livemode,
        cursor.Progress?.WalkedUntil,
        cursor.ReachedAt,
        cursor.ReachedAt is { } reached ? Math.Max(0, (now - reached).TotalSeconds) : null,
        cursor.Trouble,
        cursor.TroubleSince);
}

internal sealed record StatsItem
{
    public required IReadOnlyDictionary<string, WorkItem> Jobs { get; init; }

    /// <summary>How long the oldest due job has been waiting; 0 when none is.</summary>
    public required double LagSeconds { get; init; }

    public required long Received { get; init; }

    /// <summary>Events that came because they were asked for, before any delivery of them.</summary>
    public required long CaughtUp { get; init; }

    public required long Duplicates { get; init; }

    public required long Refused { get; init; }

    public required long Conflicts { get; init; }

    public required long Applied { get; init; }

    public required long Fresh { get; init; }

    public required long Stale { get; init; }

    public required long InDoubt { get; init; }

    /// <summary>Questions about objects that Stripe has answered.</summary>
    public required long Fetched { get; init; }

    /// <summary>How often what was a guess has been confirmed.</summary>
    public required long Confirmed { get; init; }

    public required ConfirmationItem Confirmation { get; init; }

    public required IReadOnlyDictionary<string, long> RefusedByCause { get; init; }

    /// <summary>Deliveries by endpoint and the place of the secret that matched, from 1: those accepted now.</summary>
    public required IReadOnlyDictionary<string, long> SecretsMatched { get; init; }

    /// <summary>How far Stripe was asked for what it did not deliver, by account; none without a key to ask with.</summary>
    public required IReadOnlyList<CatchUpItem> CatchUp { get; init; }

    public static StatsItem Of(
        List<JobCount> work,
        IReadOnlyDictionary<string, long> counts,
        FetchDelays delays,
        List<Cursor> catchUp,
        Endpoints endpoints,
        DateTimeOffset now)
    {
        return new()
        {
            Jobs = work
                .Append(new(StoredEvent.JobKind, 0, 0, 0, 0, null))
                .DistinctBy(count => count.Kind)
                .ToDictionary(count => count.Kind, count => new WorkItem(count.Open, count.Due, count.Dead, count.Unknown)),
            LagSeconds = work.Min(count => count.OldestDueAt) is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0,
            Received = counts.GetValueOrDefault(Counters.Received),
            CaughtUp = counts.GetValueOrDefault(Counters.CaughtUp),
            Duplicates = counts.GetValueOrDefault(Counters.Duplicates),
            Refused = counts.GetValueOrDefault(Counters.Refused),
            Conflicts = counts.GetValueOrDefault(Counters.Conflicts),
            Applied = counts.GetValueOrDefault(Counters.Applied),
            Fresh = counts.GetValueOrDefault(Counters.Fresh),
            Stale = counts.GetValueOrDefault(Counters.Stale),
            InDoubt = counts.GetValueOrDefault(Counters.InDoubt),
            Fetched = counts.GetValueOrDefault(Counters.Fetched),
            Confirmed = counts.GetValueOrDefault(Counters.Confirmed),
            Confirmation = ConfirmationItem.Of(delays),
            RefusedByCause = StatsApi.RefusedByCause(counts),
            CatchUp = [.. catchUp.Select(cursor => CatchUpItem.Of(cursor, now))],
            SecretsMatched = StatsApi.SecretsMatched(counts, endpoints),
        };
    }
}
