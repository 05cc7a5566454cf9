namespace Holdfast.Simulator.Tests.Support;

/// <summary>Stands still, and its timers go off when the test says so.</summary>
internal sealed class HandWoundTime : FrozenTime
{
    private readonly List<Action> _timers = [];

    public void Tick() => _timers.ForEach(goOff => goOff());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Add(() => callback(state));
        return new Unwound();
    }

    private sealed class Unwound : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
