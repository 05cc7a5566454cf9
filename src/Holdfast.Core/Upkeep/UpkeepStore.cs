using Holdfast.Storage;

namespace Holdfast.Upkeep;

/// <summary>What keeps the store small and quick. Each statement does a little, so that nobody waits for it.</summary>
internal sealed class UpkeepStore(Database database)
{
    /// <summary>How many rows one transaction takes away at most.</summary>
    public const int Slice = 1000;

    /// <summary>What is pruned, in this order, each in a transaction of its own.</summary>
    public static readonly string[] Prunes =
        ["PruneEvents", "PruneAttempts", "PruneJobs", "PruneConflicts", "PruneIds"];

    private readonly Statements _sql = Statements.Of("Upkeep/UpkeepStore", database.Engine);

    /// <summary>Makes room for one month of those that come up to that moment, where months are tables of their own.</summary>
    /// <returns>The name of what was made; null when nothing was missing.</returns>
    public Task<string?> PrepareAsync(Session session, DateTimeOffset upto) =>
        session.FirstAsync(_sql["Prepare"], row => row.Text(0), [("upto", upto)]);

    /// <summary>Drops a month that lies before that moment as a whole, where months are tables of their own.</summary>
    /// <returns>Its name, or null when there is none.</returns>
    public Task<string?> DropMonthAsync(Session session, DateTimeOffset before) =>
        session.FirstAsync(_sql["DropMonth"], row => row.Text(0), [("before", before)]);

    /// <summary>Deletes a slice of what was received before that moment and has ended.</summary>
    /// <param name="name">One of <see cref="Prunes"/>.</param>
    /// <param name="first">What <see cref="FirstKeptAsync"/> has found.</param>
    /// <returns>How many rows; fewer than a <see cref="Slice"/> when nothing is left.</returns>
    public Task<int> PruneAsync(Session session, string name, long first, DateTimeOffset before) =>
        session.ExecuteAsync(_sql[name], ("first", first), ("before", before), ("limit", Slice));

    /// <summary>Deletes a slice of the findings that were closed before that moment.</summary>
    /// <returns>How many; fewer than a <see cref="Slice"/> when nothing is left.</returns>
    public Task<int> PruneFindingsAsync(Session session, DateTimeOffset before) =>
        session.ExecuteAsync(_sql["PruneFindings"], ("before", before), ("limit", Slice));

    /// <summary>Deletes a slice of the fetches that were closed before that moment and whose jobs are gone.</summary>
    /// <returns>How many; fewer than a <see cref="Slice"/> when nothing is left.</returns>
    public Task<int> PruneFetchesAsync(Session session, DateTimeOffset before) =>
        session.ExecuteAsync(_sql["PruneFetches"], ("before", before), ("limit", Slice));

    /// <summary>Deletes a slice of the calls that were made before that moment.</summary>
    /// <returns>How many; fewer than a <see cref="Slice"/> when nothing is left.</returns>
    public Task<int> PruneCallsAsync(Session session, DateTimeOffset before) =>
        session.ExecuteAsync(_sql["PruneCalls"], ("before", before), ("limit", Slice));

    /// <summary>
    /// The first event that was not received before that moment. Ids follow one another as events come, so it is found
    /// by halving, and without an index on the moment that every delivery would have to pay for.
    /// </summary>
    public async Task<long> FirstKeptAsync(Session session, DateTimeOffset before)
    {
        var last = await session.NumberAsync(_sql["LastEvent"]);
        if (last is 0)
        {
            return long.MaxValue;
        }

        var (low, high) = (0L, last + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var next = await session.QueryAsync(
                _sql["NextEvent"], row => (Id: row.Number(0), At: row.Moment(1)), ("id", middle));
            if (next is [var found] && found.At < before)
            {
                low = found.Id + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Adds up what ended sessions have counted.</summary>
    public Task FoldCountersAsync(Session session) => session.ExecuteAsync(_sql["FoldCounters"]);

    /// <summary>What makes the store slower and slower unless somebody ends it.</summary>
    public Task<List<StoreWarning>> WarningsAsync(Session session, DateTimeOffset now) =>
        session.QueryAsync(
            _sql["Warnings"],
            row => new StoreWarning(row.Text(0), row.Text(1), row.Text(2)),
            ("long_ago", now - StoreWarning.LongAgo), ("many", StoreWarning.Many));
}

/// <summary>One thing that harms the store.</summary>
internal sealed record StoreWarning(string Kind, string Subject, string Message)
{
    /// <summary>Since when a snapshot must have been held to be told of.</summary>
    public static readonly TimeSpan LongAgo = TimeSpan.FromMinutes(10);

    /// <summary>How many dead rows a table must have to be told of, when they are also more than the live ones.</summary>
    public const long Many = 100_000;
}
