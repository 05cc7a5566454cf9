using System.Data.Common;

namespace Holdfast.Storage;

/// <summary>How one engine takes a statement's values and gives back its own forms of moments.</summary>
internal abstract class Dialect
{
    /// <summary>Whether many rows of values go in one command, each value as the list of its column.</summary>
    public abstract bool TakesColumns { get; }

    /// <summary>Takes locks on @names in @space; null where the one writer holds everything anyhow.</summary>
    public abstract Statement? LockNames { get; }

    /// <summary>Makes the command of a statement with a parameter for each of these names, in their order.</summary>
    public abstract DbCommand CommandOf(DbConnection connection, Statement statement, IReadOnlyList<string> names);

    /// <summary>A value in the form that the parameter takes.</summary>
    public abstract object Bind(DbParameter parameter, object value);

    /// <summary>The values of one column of many rows in the form that the parameter takes.</summary>
    public abstract object BindColumn(DbParameter parameter, IEnumerable<object?> values);

    public abstract DateTimeOffset Moment(DbDataReader reader, int column);
}

/// <summary>What can be locked by name, in the order in which a session may do it.</summary>
internal enum LockSpace
{
    /// <summary>Stripe's objects, by their ids.</summary>
    Objects = 1,

    /// <summary>Those who pay.</summary>
    Payers,

    /// <summary>The application's own ids of accounts.</summary>
    References,

    /// <summary>What one node at a time does for all.</summary>
    Chores,

    /// <summary>What access waits for, by the ids of the objects it hangs on.</summary>
    Parked,
}
