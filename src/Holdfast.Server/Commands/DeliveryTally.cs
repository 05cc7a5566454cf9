using System.Globalization;
using Holdfast.Server.Output;
using Holdfast.Simulator.Delivery;

namespace Holdfast.Server.Commands;

/// <summary>A line a delivery as it is made, and the sum of them at the end.</summary>
internal sealed class DeliveryTally
{
    private long _sent;
    private long _acknowledged;

    public void Note(Delivered delivered)
    {
        _sent++;
        _acknowledged += delivered.Status is >= 200 and < 300 ? 1 : 0;
        var at = delivered.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var answer = delivered.Status?.ToString(CultureInfo.InvariantCulture) ?? delivered.Error ?? "no answer";
        var more = string.Concat(
            delivered.Attempt > 1 ? $"  attempt {delivered.Attempt}" : "",
            delivered.IsCopy ? "  sent twice" : "",
            delivered.IsCorrupt ? "  corrupted" : "");
        Screen.Line($"{at}  {delivered.Type,-30}  {delivered.Event}  {answer}{more}");
        if (delivered.HasDisabled)
        {
            Screen.Line(
                $"{delivered.Endpoint} has failed for nine days without one success: it is disabled, and is sent nothing "
                + "more until it is enabled again.");
        }
    }

    public override string ToString() => $"Deliveries made: {_sent}, answered 2xx: {_acknowledged}.";
}
