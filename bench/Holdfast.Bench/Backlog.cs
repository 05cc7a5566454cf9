using System.Security.Cryptography;
using Holdfast.Alerts;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Bench;

/// <summary>Fills a SQLite database while no server has it, as the receiver would have, in large transactions.</summary>
internal static class Backlog
{
    private const int Group = 2000;

    private static readonly Statement Complete = new(
        nameof(Complete),
        """
        update jobs
        set state = 'completed', attempt = 1, run_at = null, ended_at = created_at
        where id > (select max(id) from jobs) - @count
        """);

    /// <param name="isApplied">Their jobs are said to be done, and nothing is mirrored: history, not work.</param>
    public static async Task StoreAsync(Place place, Workload workload, int count, bool isApplied)
    {
        await using var database = new SqliteDatabase(
            place.File, TimeProvider.System, NullLogger<SqliteDatabase>.Instance);
        await database.OpenAsync(CancellationToken.None);
        var keeper = new EventKeeper(
            new EventStore(database),
            new JobStore(database),
            new CounterStore(database),
            new AlertStore(database),
            TimeProvider.System,
            NullLogger<EventKeeper>.Instance);
        for (var stored = 0; stored < count; stored += Group)
        {
            Delivery[] group = [.. Enumerable.Range(0, Math.Min(Group, count - stored)).Select(_ => Make(workload))];
            var commit = await database.WriteAsync(
                Turn.Ingest,
                async session =>
                {
                    await keeper.KeepAsync(session, group);
                    return isApplied ? await session.ExecuteAsync(Complete, ("count", group.Length)) : 0;
                },
                CancellationToken.None);
            commit.OrThrow();
        }
    }

    private static Delivery Make(Workload workload)
    {
        var body = workload.Body(workload.Next());
        return new()
        {
            Endpoint = IngestOptions.DefaultEndpoint,
            Envelope = Workload.Envelope(body),
            Body = body,
            Hash = SHA256.HashData(body),
            ReceivedAt = TimeProvider.System.GetUtcNow(),
            Correlation = Guid.CreateVersion7().ToString("N"),
            Secret = "bench",
        };
    }
}
