namespace Holdfast.Simulator.State;

/// <summary>The world's own time: a time provider's, and as much as it was moved on by hand.</summary>
internal sealed class WorldClock(TimeProvider time)
{
    public TimeProvider Time { get; } = time;

    public TimeSpan Ahead { get; private set; }

    public DateTimeOffset Now => Time.GetUtcNow() + Ahead;

    /// <summary>Time goes only forward: an earlier moment changes nothing.</summary>
    public void MoveTo(DateTimeOffset moment)
    {
        if (moment > Now)
        {
            Ahead += moment - Now;
        }
    }

    public void Restore(TimeSpan ahead) => Ahead = ahead;
}
