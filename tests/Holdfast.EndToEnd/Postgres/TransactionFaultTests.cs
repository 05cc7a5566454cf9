using System.Net;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// The way to the database fails at the n-th message of a transaction, for every n that there is: whatever was lost,
/// what was acknowledged is kept, and everything is done once.
/// </summary>
/// <remarks>Beside the tests that load servers: most of the time these wait for a time limit to pass.</remarks>
public sealed class TransactionFaultTests
{
    private const string Poison = "customer.updated";
    private const int Tries = 2;
    private const int MaxMessages = 400;

    // As many as wait at the same time for a time limit to pass.
    private const int Lanes = 8;

    private static readonly (string, string)[] Quick =
    [
        ("POISON_TYPE", Poison),
        ("POISON_EFFECT", "throws"),
        ("Holdfast__Jobs__Retries__Unexpected__MaxTries", $"{Tries}"),
        ("Holdfast__Jobs__Retries__Unexpected__FirstDelay", "00:00:00.020"),
        ("Holdfast__Jobs__Retries__Unexpected__Factor", "1"),
        ("Holdfast__Jobs__PauseWhenUnavailable", "00:00:00.020"),
        ("Holdfast__Jobs__PollInterval", "00:00:00.100"),
    ];

    [Theory]
    [InlineData(TransactionKind.Ingest)]
    [InlineData(TransactionKind.Apply)]
    [InlineData(TransactionKind.ApplyAlone)]
    [InlineData(TransactionKind.Record)]
    [InlineData(TransactionKind.Beat)]
    public async Task A_connection_lost_at_any_message_loses_nothing_and_does_nothing_twice(TransactionKind kind)
    {
        await using var lane = await Lane.StartAsync(kind);
        var nth = 1;
        while (await lane.WithAsync(nth, () => new ProxyAction.Cut()))
        {
            nth++;
        }

        Assert.InRange(nth, 10, MaxMessages);
        lane.AssertDoneOnce();
    }

    [Theory]
    [InlineData(TransactionKind.Ingest)]
    [InlineData(TransactionKind.Apply)]
    [InlineData(TransactionKind.ApplyAlone)]
    [InlineData(TransactionKind.Record)]
    [InlineData(TransactionKind.Beat)]
    public async Task A_message_that_arrives_only_after_all_has_been_done_again_changes_nothing(TransactionKind kind)
    {
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => Lane.StartAsync(kind)));
        try
        {
            var nth = 1;
            while ((await Task.WhenAll(lanes.Select((lane, index) => HoldAsync(lane, nth + index)))).All(held => held))
            {
                nth += Lanes;
            }

            Assert.InRange(nth, 10, MaxMessages);
            Assert.All(lanes, lane => lane.AssertDoneOnce());
        }
        finally
        {
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }
    }

    private static async Task<bool> HoldAsync(Lane lane, int nth)
    {
        var release = new TaskCompletionSource();
        try
        {
            return await lane.WithAsync(nth, () => new ProxyAction.Hold(release.Task));
        }
        finally
        {
            release.SetResult();
        }
    }

    /// <summary>A node with a database of its own, whose transactions of one kind are disturbed.</summary>
    private sealed class Lane : IAsyncDisposable
    {
        private readonly TransactionKind _kind;
        private readonly Cluster _cluster;
        private readonly KeptStore _kept;
        private readonly List<string> _acknowledged = [];

        private Lane(TransactionKind kind, Cluster cluster)
        {
            _kind = kind;
            _cluster = cluster;
            _kept = cluster.Store.Look();
        }

        private ClusterNode Node => _cluster.Nodes[0];

        private bool IsPoisoned => _kind is TransactionKind.ApplyAlone or TransactionKind.Record;

        public static async Task<Lane> StartAsync(TransactionKind kind) =>
            new(kind, await Cluster.StartAsync(await PostgresServer.SharedAsync(), Quick));

        /// <summary>Has the fault happen, and waits until the work is done in spite of it.</summary>
        /// <returns>False when there was no n-th message.</returns>
        public async Task<bool> WithAsync(int nth, Func<ProxyAction> action)
        {
            var fault = new TransactionFault(sql => _kind.IsBegunBy(sql), nth, action);
            Node.Way.Rule = fault.Rule;
            if (_kind is not TransactionKind.Beat)
            {
                await DeliverAsync($"evt_{nth}");
            }

            await Wait.UntilAsync(
                $"{_kind} is done in spite of message {nth}",
                () => _kind is TransactionKind.Beat ? fault.Ended > 0 : (fault.IsDone || fault.Ended > 0) && IsSettled());
            return fault.IsDone;
        }

        public void AssertDoneOnce()
        {
            Assert.Empty(_acknowledged.Except(_kept.EventIds()));
            Assert.Equal(1, _kept.Number("select count(*) from nodes"));
            if (IsPoisoned)
            {
                var events = _kept.EventIds().Count;
                // One more when the last was not its own fault: a store that was slow.
                Assert.Equal(
                    events,
                    _kept.Number($"select count(*) from jobs where state = 'dead' and attempt in ({Tries}, {Tries + 1})"));
                Assert.Equal(_kept.Number("select sum(attempt) from jobs"), _kept.Number("select count(*) from attempts"));
                Assert.Equal(0, _kept.Number("select count(*) from objects"));
            }
            else
            {
                _kept.AssertAppliedOnce();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _kept.Dispose();
            await _cluster.DisposeAsync();
        }

        private async Task DeliverAsync(string id)
        {
            var body = StripeEvent.Of(id, IsPoisoned ? Poison : "customer.created");
            await Wait.UntilAsync($"{id} is acknowledged", async () =>
            {
                var status = (await Node.Process.DeliverAsync(body)).Status;
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{id} was answered {status}.");
                return status is HttpStatusCode.OK;
            });
            _acknowledged.Add(id);
        }

        private bool IsSettled() => _kept.Number("select count(*) from open_jobs where state <> 'dead'") is 0;
    }
}
