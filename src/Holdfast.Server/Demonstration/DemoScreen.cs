using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Server.Output;

namespace Holdfast.Server.Demonstration;

/// <summary>
/// What the demo shows: on a terminal two lines of counters that stay in their place, elsewhere a line every ten days.
/// </summary>
internal sealed class DemoScreen
{
    private const int DaysBetweenLines = 10;
    private const int MaxDifferences = 20;
    private const int MaxFields = 5;

    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private int _drawn;

    public static void Announce(DemoServer server, DemoStripe stripe, DemoDirectory directory, DemoOptions options)
    {
        var url = server.Url.ToString().TrimEnd('/');
        Screen.Line("A shop in mild bad weather: its Stripe is simulated, its Holdfast is real.");
        Screen.Line("");
        Screen.Fields(
        [
            ("Holdfast", url),
            ("Stripe", $"{stripe.Url.ToString().TrimEnd('/')}, simulated; any key that begins with sk_test_"),
            ("Database", directory.Database),
        ]);
        Screen.Line("");
        Screen.Line("Look around from another terminal:");
        Screen.Line("");
        Screen.Line($"  export HOLDFAST_SERVER={url} HOLDFAST_API_TOKEN={server.Token}");
        Screen.Line("  ./holdfast events list");
        Screen.Line("  ./holdfast accounts show user_1");
        Screen.Line("  ./holdfast access check user_1 export");
        Screen.Line("  ./holdfast refusals list");
        Screen.Line("");
        Screen.Line(options.Months is { } months
            ? $"It ends by itself after {months} simulated month(s); Ctrl-C ends it sooner."
            : "It goes on, month after month, until Ctrl-C.");
        Screen.Line("");
    }

    /// <param name="counts">The simulator's.</param>
    /// <param name="stats">Holdfast's.</param>
    public void Show(int month, int day, int days, JsonObject counts, JsonElement stats)
    {
        var date = $"Month {month}, day {day} of {days}";
        var sent = Counted(counts, "sent", "doubled", "reordered", "delayed", "corrupted");
        var taken = $"applied {stats.Text("applied")}, duplicates {stats.Text("duplicates")}, "
            + $"refused {stats.Text("refused")}, {Asked(stats)}";
        if (_isTerminal)
        {
            Draw([date, $"  Stripe    {sent}", $"  Holdfast  {taken}"]);
        }
        else if (day % DaysBetweenLines is 0)
        {
            Screen.Line($"{date}. Stripe: {sent}. Holdfast: {taken}.");
        }
    }

    public void ShowMonth(int month, DateTimeOffset until, JsonElement stats, Agreement agreement)
    {
        _drawn = 0;
        var verdict = agreement.IsReached ? "Both sides agree" : "The two sides DIFFER";
        Screen.Line($"Month {month} ended on {until:yyyy-MM-dd}. {verdict}: {agreement.Objects} objects were compared "
            + $"field by field, {agreement.Equal} equal, {agreement.Differing.Count} different.");
        Screen.Line($"  Since the start: {Asked(stats)}.");
        if (agreement.Untold > 0)
        {
            Screen.Line($"  {agreement.Untold} more are held as they were told; Stripe has changed them without an event.");
        }

        foreach (var one in agreement.Differing.Take(MaxDifferences))
        {
            Screen.Line($"  {one.Type} {one.Id}");
            foreach (var field in one.Fields.Take(MaxFields))
            {
                Screen.Line($"    {field}");
            }
        }

        if (agreement.Differing.Count > MaxDifferences)
        {
            Screen.Line($"  … and {agreement.Differing.Count - MaxDifferences} more.");
        }

        Screen.Line("");
    }

    /// <summary>What was asked of Stripe.</summary>
    private static string Asked(JsonElement stats) => $"in doubt {stats.Text("in_doubt")}, fetched {stats.Text("fetched")}, "
        + $"caught up {stats.Text("caught_up")}";

    private static string Counted(JsonObject counts, params string[] names) =>
        string.Join(", ", names.Select(name => $"{name} {counts[name]?.ToString() ?? "0"}"));

    /// <summary>Over what was drawn before; a line too long for the terminal is cut, as it would turn there.</summary>
    private void Draw(string[] lines)
    {
        var width = Math.Max(20, Console.WindowWidth) - 1;
        var text = _drawn > 0 ? $"\u001b[{_drawn}A" : "";
        foreach (var line in lines)
        {
            text += $"\r\u001b[K{(line.Length > width ? line[..(width - 1)] + "…" : line)}\n";
        }

        Console.Out.Write(text);
        _drawn = lines.Length;
    }
}
