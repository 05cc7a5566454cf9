using System.Diagnostics;
using System.Net;

namespace Holdfast.EndToEnd;

/// <summary>What a sender sees of a server whose store is in trouble.</summary>
internal static class Trouble
{
    /// <summary>Soon for a sender that waits some ten seconds; a busy machine needs a part of it.</summary>
    public static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(5);

    /// <summary>More of an object: thousands of characters that no store can make smaller.</summary>
    public static readonly string Filler = $",\"description\":\"{Noise(7_500)}\"";

    /// <summary>Delivers until the store takes no more.</summary>
    /// <returns>What was acknowledged.</returns>
    public static async Task<List<string>> UntilUnavailableAsync(ServerProcess server)
    {
        var acknowledged = new List<string>();
        for (var number = 0; number < 5000; number++)
        {
            var id = $"evt_{number}";
            if ((await server.DeliverAsync(StripeEvent.Of(id, more: Filler))).Status is not HttpStatusCode.OK)
            {
                await AssertUnavailableAsync(server, id, Filler);
                Assert.NotEmpty(acknowledged);
                return acknowledged;
            }

            acknowledged.Add(id);
        }

        throw new InvalidOperationException("The store took everything.");
    }

    /// <summary>The sender is told soon to try again.</summary>
    public static async Task AssertUnavailableAsync(ServerProcess server, string id, string more = "")
    {
        var since = Stopwatch.StartNew();
        var answer = await server.DeliverAsync(StripeEvent.Of(id, more: more));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("5", answer.Headers["Retry-After"]);
        Assert.True(since.Elapsed < SoonEnough, $"It was told after {since.Elapsed}.");
    }

    /// <summary>It takes deliveries in again by itself; all it acknowledged is kept and applied once.</summary>
    public static async Task AssertRecoversAsync(
        ServerProcess server, Func<KeptStore> look, IEnumerable<string> acknowledged)
    {
        await Wait.UntilAsync("deliveries are taken in again", async () =>
            (await server.DeliverAsync(StripeEvent.Of("evt_after"))).Status is HttpStatusCode.OK);
        await server.SettledAsync();
        Assert.Equal(0, await server.StopAsync());
        using var kept = look();
        Assert.Empty(acknowledged.Append("evt_after").Except(kept.EventIds()));
        kept.AssertAppliedOnce();
    }

    private static string Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(20260101).NextBytes(noise);
        return Convert.ToBase64String(noise);
    }
}
