using System.Data.Common;

namespace Holdfast.EndToEnd;

/// <summary>What servers have left in a store.</summary>
internal abstract class KeptStore : IDisposable
{
    protected abstract DbConnection Connection { get; }

    public List<T> Ask<T>(string sql)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var answer = new List<T>();
        while (rows.Read())
        {
            answer.Add(rows.GetFieldValue<T>(0));
        }

        return answer;
    }

    public long Number(string sql) => Assert.Single(Ask<long>(sql));

    public HashSet<string> EventIds()
    {
        var ids = Ask<string>("select event_id from events");
        var once = ids.ToHashSet();
        Assert.Equal(once.Count, ids.Count);
        return once;
    }

    public long Counted(string counter) =>
        Number($"select cast(coalesce(sum(value), 0) as bigint) from counters where name = '{counter}'");

    /// <summary>Every object, and who belongs together, in an order of their own.</summary>
    public List<string> EndState() =>
    [
        .. Ask<string>(Testing.EndState.Objects(Say)).Concat(Ask<string>(Testing.EndState.Accounts(Say)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>It is sound; each event was stored once, applied once, and changed an object of its own once.</summary>
    public void AssertAppliedOnce()
    {
        AssertDoneOnce();
        var events = EventIds().Count;
        Assert.Equal(events, Number("select count(*) from object_changes"));
        Assert.Equal(events, Number("select count(distinct object_id) from object_changes"));
        Assert.Equal(events, Number("select count(*) from objects"));
    }

    /// <summary>It is sound; each event was stored once and applied once, whatever object it is about.</summary>
    public void AssertDoneOnce()
    {
        AssertSound();
        var events = EventIds().Count;
        Assert.Equal(events, Number("select count(*) from event_ids"));
        Assert.Equal(events, Number("select count(*) from jobs"));
        Assert.Equal([], Ask<string>("select state || ': ' || subject from jobs where state <> 'completed'"));
        Assert.Equal(0, Number("select count(*) - count(distinct event) from object_changes"));
        Assert.Equal(events, Counted("applied"));
        Assert.Equal(events, Counted("received"));
    }

    public abstract void Dispose();

    /// <summary>The engine finds nothing wrong with what it keeps.</summary>
    protected abstract void AssertSound();

    /// <summary>The way one engine says it, or the other.</summary>
    protected abstract string Say(string onSqlite, string onPostgres);
}
