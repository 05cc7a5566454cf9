namespace Holdfast.Simulator.Delivery;

/// <summary>One delivery that was made, for whoever watches: see <see cref="SimulatorOptions.Watch"/>.</summary>
/// <param name="At">In the world's own time.</param>
/// <param name="Endpoint">The id of the endpoint it was made to.</param>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Status">Of the endpoint's answer; null when there was none.</param>
/// <param name="Error">Why there was no answer.</param>
/// <param name="IsCopy">A second arrival of what was sent already.</param>
/// <param name="IsCorrupt">It arrived with a byte changed.</param>
/// <param name="HasDisabled">Its failure was one too many: the endpoint is disabled from then on.</param>
public sealed record Delivered(
    DateTimeOffset At, string Type, string Event, string Endpoint, int Attempt, int? Status, string? Error,
    bool IsCopy, bool IsCorrupt, bool HasDisabled)
{
    internal static Delivered Of(DeliveryRecord record) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(record.At), record.Type, record.Event, record.Endpoint, record.Attempt,
        record.Status, record.Error, record.IsCopy, record.IsCorrupt, record.HasDisabled);
}
