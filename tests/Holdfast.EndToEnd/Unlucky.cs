using System.Net;

namespace Holdfast.EndToEnd;

/// <summary>
/// Many kills may hit an event twice while it is alone. Nobody can tell that it was not its doing, so a person puts it
/// back.
/// </summary>
internal static class Unlucky
{
    private const int Most = 2;

    /// <summary>Waits until every job has ended, puts back those that are dead, and waits for them too.</summary>
    public static async Task PutBackAsync(ServerProcess server)
    {
        await server.SettledAsync();
        var letters = (await server.GetAsync("/api/v1/dead-letters")).GetProperty("data").EnumerateArray().ToArray();
        Assert.InRange(letters.Length, 0, Most);
        foreach (var letter in letters)
        {
            Assert.StartsWith("The process died", letter.GetProperty("error").GetString(), StringComparison.Ordinal);
            var replay = $"/api/v1/dead-letters/{letter.GetProperty("id").GetString()}/replay";
            Assert.Equal(HttpStatusCode.Accepted, (await server.CallAsync(HttpMethod.Post, replay)).Status);
        }

        await server.SettledAsync();
    }
}
