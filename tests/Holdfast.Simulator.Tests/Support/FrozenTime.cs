namespace Holdfast.Simulator.Tests.Support;

/// <summary>A time provider that stands still, so that only the simulator moves its own clock.</summary>
internal class FrozenTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Start;
}
