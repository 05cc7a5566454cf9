using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Delivery;

/// <summary>What was sent and what came of it.</summary>
internal sealed class DeliveryLog
{
    public const int Kept = 10_000;

    private readonly Queue<DeliveryRecord> _latest = new();

    public IEnumerable<DeliveryRecord> Latest => _latest;

    /// <summary>Told of each that is added.</summary>
    public Action<Delivered>? Watch { get; init; }

    public void Add(DeliveryRecord record)
    {
        _latest.Enqueue(record);
        if (_latest.Count > Kept)
        {
            _latest.Dequeue();
        }

        // Last: whoever watches may throw.
        Watch?.Invoke(Delivered.Of(record));
    }

    public void Restore(DeliveryRecord record) => _latest.Enqueue(record);

    public void Clear() => _latest.Clear();
}

/// <summary>One delivery that was made.</summary>
/// <param name="At">Unix milliseconds of the world's own time.</param>
/// <param name="Status">Of the endpoint's answer; null when there was none.</param>
/// <param name="Error">Why there was no answer.</param>
internal sealed record DeliveryRecord(
    long At, string Event, string Type, string Endpoint, int Attempt, int? Status, string? Error,
    bool IsManual, bool IsCopy, bool IsCorrupt)
{
    public bool IsAcknowledged => Status is >= 200 and < 300;

    /// <summary>Its failure was one too many: the endpoint is disabled from then on.</summary>
    public bool HasDisabled { get; init; }

    public JsonObject ToJson() => new()
    {
        ["at"] = At,
        ["event"] = Event,
        ["type"] = Type,
        ["endpoint"] = Endpoint,
        ["attempt"] = Attempt,
        ["status"] = Status,
        ["error"] = Error,
        ["acknowledged"] = IsAcknowledged,
        ["manual"] = IsManual,
        ["copy"] = IsCopy,
        ["corrupt"] = IsCorrupt,
        ["disabled_endpoint"] = HasDisabled,
    };

    public static DeliveryRecord Read(JsonObject json) => new(
        json.Number("at") ?? 0, json.Text("event")!, json.Text("type")!, json.Text("endpoint")!,
        (int)(json.Number("attempt") ?? 0), (int?)json.Number("status"), json.Text("error"),
        json.Flag("manual"), json.Flag("copy"), json.Flag("corrupt"))
    {
        HasDisabled = json.Flag("disabled_endpoint"),
    };
}
