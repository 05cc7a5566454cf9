using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// Some hundred events about a few objects, so that nodes that apply them at the same time meet at the same rows:
/// customers whose account changes and who are deleted, subscriptions and sessions that go over to another customer,
/// invoices; many within the same second. Every round tells the same about objects of its own, in an order of its own,
/// and a part of it twice.
/// </summary>
internal static partial class Round
{
    /// <summary>How many events a round has.</summary>
    public const int Size = 150;

    private const int Customers = 6;
    private const int Objects = 4 * Customers;
    private const int Seconds = 30;
    private const int Twice = Size / 3;
    private const long Base = 1_767_225_600;

    // What stands in every id of the round 0.
    private const string Mark = "_r0_";

    private static readonly (string Id, string Body)[] First = Tell(new Random(20260101));
    private static readonly Lazy<Task<string[]>> Expected = new(OnOneNodeAsync);

    /// <summary>The events of a round as they arrive.</summary>
    public static (string Id, byte[] Body)[] Arrivals(int round)
    {
        var chance = new Random(round);
        var events = First.Select(one => (Of(one.Id, round), Encoding.UTF8.GetBytes(Of(one.Body, round)))).ToArray();
        chance.Shuffle(events);
        (string, byte[])[] arrivals = [.. events, .. events.Take(Twice)];
        chance.Shuffle(arrivals);
        return arrivals;
    }

    /// <summary>Each of the rounds has ended as it does on one node that nothing befalls, and there is nothing else.</summary>
    public static async Task AssertEndedAsync(KeptStore kept, IEnumerable<int> rounds)
    {
        var first = await Expected.Value;
        var ended = Rows(kept).ToLookup(row => int.Parse(Number.Match(row).Groups[1].ValueSpan));
        Assert.Equal(rounds.Order(), ended.Select(round => round.Key).Order());
        foreach (var round in ended)
        {
            string[] expected = [.. first.Select(row => Of(row, round.Key)).Order(StringComparer.Ordinal)];
            Assert.Equal(expected, round.Order(StringComparer.Ordinal));
        }
    }

    private static async Task<string[]> OnOneNodeAsync()
    {
        await using var store = new SqliteStore();
        await using var node = await ServerProcess.StartAsync(store.Url);
        foreach (var (_, body) in First)
        {
            await node.DeliverAsync(Encoding.UTF8.GetBytes(body));
        }

        await node.SettledAsync();
        Assert.Equal(0, await node.StopAsync());
        using var kept = store.Look();
        kept.AssertDoneOnce();
        Assert.Equal(Size, kept.EventIds().Count);
        Assert.Equal(Objects, kept.Number("select count(*) from objects"));
        return [.. Rows(kept)];
    }

    private static string Of(string told, int round) => told.Replace(Mark, $"_r{round}_", StringComparison.Ordinal);

    /// <summary>Without the hash of a body, which is not the same in any two rounds.</summary>
    private static IEnumerable<string> Rows(KeptStore kept) => kept.EndState().Select(row => Hash.Replace(row, ""));

    private static (string Id, string Body)[] Tell(Random chance) =>
    [
        .. Enumerable.Range(0, Size).Select(number =>
        {
            // Each object is told of, and most of them again and again.
            var one = number < Objects ? number : chance.Next(Objects);
            var (type, body) = Observe(one / Customers, one % Customers, chance);
            var id = $"evt{Mark}{number}";
            return (id,
                $$"""
                {"id":"{{id}}","object":"event","api_version":"2026-10-28.endive","created":{{Base + chance.Next(Seconds)}},
                "livemode":false,"type":"{{type}}","pending_webhooks":1,"request":{"id":"req_1","idempotency_key":null},
                "data":{"object":{{body}} } }
                """);
        }),
    ];

    private static (string Type, string Body) Observe(int kind, int number, Random chance)
    {
        var customer = $"cus{Mark}{chance.Next(Customers)}";
        var account = chance.Next(3) is 0 ? "{}" : $$"""{"account_id":"app{{Mark}}{{chance.Next(Customers)}}"}""";
        var (amount, isLast) = (chance.Next(100), chance.Next(12) is 0);
        return kind switch
        {
            0 => (isLast ? "customer.deleted" : "customer.updated",
                $$"""
                {"id":"cus{{Mark}}{{number}}","object":"customer","created":{{Base}},"livemode":false,"name":"{{amount}}",
                "metadata":{{account}}}
                """),
            1 => ("customer.subscription.updated",
                $$"""
                {"id":"sub{{Mark}}{{number}}","object":"subscription","created":{{Base + number}},"livemode":false,
                "customer":"{{customer}}","status":"{{(isLast ? "canceled" : chance.Next(2) is 0 ? "active" : "past_due")}}",
                "items":{"object":"list","data":[{"id":"si{{Mark}}{{number}}","object":"subscription_item",
                "quantity":{{amount}}}]},"metadata":{{account}}}
                """),
            2 => ("invoice.updated",
                $$"""
                {"id":"in{{Mark}}{{number}}","object":"invoice","created":{{Base}},"livemode":false,"currency":"eur",
                "customer":"cus{{Mark}}{{number}}","status":"{{(isLast ? "paid" : "open")}}","amount_due":{{amount}},
                "amount_paid":0,"amount_remaining":{{amount}},"total":{{amount}},"lines":{"object":"list","data":[]} }
                """),
            _ => ("checkout.session.completed",
                $$"""
                {"id":"cs{{Mark}}{{number}}","object":"checkout.session","mode":"subscription","livemode":false,
                "created":{{Base + number}},
                "customer":"{{customer}}","client_reference_id":{{(isLast ? $"\"app{Mark}{number}\"" : "null")}},
                "status":"complete","payment_status":"paid","amount_total":{{amount}},"metadata":{{account}}}
                """),
        };
    }

    [GeneratedRegex(@"_r(\d+)_")]
    private static partial Regex Number { get; }

    [GeneratedRegex(" \\| [0-9A-F]{64}$")]
    private static partial Regex Hash { get; }
}
