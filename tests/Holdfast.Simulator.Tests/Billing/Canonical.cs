using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Tests.Billing;

/// <summary>A world as text in which ids and secrets stand for their order, so that two runs can be compared.</summary>
internal static partial class Canonical
{
    public static string Of(World world)
    {
        var text = new StringBuilder();
        foreach (var item in world.Everything())
        {
            text.AppendLine(item.Body.ToJsonString());
        }

        var seen = new Dictionary<string, string>();
        return Id().Replace(text.ToString(), match => seen.TryGetValue(match.Value, out var known) ? known
            : seen[match.Value] = $"{match.Groups[1].Value}_{seen.Count.ToString(CultureInfo.InvariantCulture)}");
    }

    [GeneratedRegex("\\b([a-z]{2,6})_[0-9A-Za-z]{12,}(?:_secret_[0-9A-Za-z]+)?")]
    private static partial Regex Id();
}
