using System.Text.Json;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

/// <summary>The attempts of a job, as events and dead letters show them.</summary>
internal static class Attempts
{
    public static void Show(IReadOnlyList<JsonElement> attempts)
    {
        if (attempts.Count is 0)
        {
            return;
        }

        Screen.Line("");
        Screen.Table(["ATTEMPT", "STARTED", "ENDED", "THEN", "ERROR"], attempts.Select(one => (IReadOnlyList<string>)
        [
            one.Text("attempt"),
            one.Moment("started_at"),
            one.Moment("ended_at"),
            one.Text("state"),
            one.Text("error"),
        ]));
    }
}
