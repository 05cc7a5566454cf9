namespace Holdfast.Server.Demonstration;

/// <summary>Stands still, so that only the shop's days move the simulated world on, and one seed is one run.</summary>
internal sealed class FrozenTime(DateTimeOffset moment) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => moment;
}
