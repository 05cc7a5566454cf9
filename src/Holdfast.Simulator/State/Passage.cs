namespace Holdfast.Simulator.State;

/// <summary>Lets time bring what is due, each thing at its own moment.</summary>
internal static class Passage
{
    /// <param name="clock">A test clock's id, null for the world's own time.</param>
    /// <param name="until">Unix seconds; where the clock stands afterwards.</param>
    /// <param name="moveTo">Sets the clock to a moment.</param>
    public static void Run(World world, string? clock, long until, Action<long> moveTo)
    {
        while (world.Timeline.Next(clock, until) is { } due)
        {
            Happen(world, due, moveTo);
        }

        moveTo(until);
    }

    /// <summary>One thing that is due.</summary>
    public static void Happen(World world, Due due, Action<long> moveTo)
    {
        world.Timeline.Remove(due);
        moveTo(Math.Max(due.At, world.Now(due.Clock)));
        var operation = new Operation(world, OperationCause.Time);
        try
        {
            world.Catalog.Happen(operation, due);
        }
        catch
        {
            operation.Undo();
            throw;
        }

        world.Commit(operation);
    }
}
