namespace Holdfast.Simulator.Delivery;

/// <summary>One delivery that was made, for whoever watches: see <see cref="SimulatorOptions.Watch"/>.</summary>
/// <param name="At">In the world's own time.</param>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Status">Of the endpoint's answer; null when there was none.</param>
/// <param name="Error">Why there was no answer.</param>
/// <param name="IsCopy">A second arrival of what was sent already.</param>
/// <param name="IsCorrupt">It arrived with a byte changed.</param>
public sealed record Delivered(
    DateTimeOffset At, string Type, string Event, int Attempt, int? Status, string? Error, bool IsCopy, bool IsCorrupt)
{
    internal static Delivered Of(DeliveryRecord record) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(record.At), record.Type, record.Event, record.Attempt, record.Status,
        record.Error, record.IsCopy, record.IsCorrupt);
}
