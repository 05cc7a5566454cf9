using System.Text.Json;
using Holdfast.Nodes;
using Holdfast.Simulator;
using Holdfast.Simulator.Weather;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;

namespace Holdfast.Tests.Stripe;

/// <summary>The client and the policy against a Stripe that was written without them, over real HTTP.</summary>
public sealed class SimulatedStripeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_changed_once_is_read_back_as_Stripe_has_it()
    {
        await using var stripe = await StripeSimulator.StartAsync(ct: Ct);
        using var caller = new Caller(stripe);

        var made = Assert.IsType<ChangeAnswer.Made>(await caller.MakeCustomerAsync("key 1"));
        var again = Assert.IsType<ChangeAnswer.Made>(await caller.MakeCustomerAsync("key 1"));
        var id = Id(made.Body);
        var found = Assert.IsType<StripeAnswer.Found>(
            await caller.Client.AskAsync(Ask($"/v1/customers/{id}") with { ApiVersion = "2024-06-20" }, Ct));

        Assert.Equal((id, "2024-06-20"), (Id(again.Body), found.ApiVersion));
        Assert.Equal("Ada", JsonElement.Parse(found.Body).Text("name"));
        Assert.IsType<StripeAnswer.Missing>(await caller.Client.AskAsync(Ask("/v1/customers/cus_of_nobody"), Ct));
        Assert.IsType<StripeAnswer.Refused>(await caller.Client.AskAsync(Ask("/v1/no_such_things"), Ct));
    }

    [Theory]
    [InlineData(PageWay.Older)]
    [InlineData(PageWay.Newer)]
    internal async Task A_list_is_read_to_its_end_from_either_side(PageWay way)
    {
        await using var stripe = await StripeSimulator.StartAsync(ct: Ct);
        using var caller = new Caller(stripe);
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(Id(Assert.IsType<ChangeAnswer.Made>(await caller.MakeCustomerAsync($"key {i}")).Body));
        }

        var question = Ask("/v1/customers") with
        {
            Query = way is PageWay.Older ? [("limit", "3")] : [("limit", "3"), ("ending_before", ids[0])],
        };
        var read = new List<string>();
        await foreach (var page in caller.Client.PagesAsync(question, way, Ct))
        {
            read.AddRange(Assert.IsType<StripePage.Full>(page).Data.Select(item => item.Text("id")!));
        }

        Assert.Equal((way is PageWay.Older ? ids : ids.Skip(1)).Order(), read.Order());
    }

    [Fact]
    public async Task In_bad_weather_a_change_is_made_once_and_every_attempt_is_on_record()
    {
        await using var stripe = await StripeSimulator.StartAsync(
            new()
            {
                Forecast = Forecast.Calm with
                {
                    RateLimited = 0.2,
                    LockTimeouts = 0.2,
                    Resets = 0.2,
                },
            },
            Ct);
        using var caller = new Caller(stripe);

        for (var i = 0; i < 30; i++)
        {
            await caller.UntilAsync(async () => await caller.MakeCustomerAsync($"key {i}") is ChangeAnswer.Made);
        }

        await caller.UntilAsync(async () =>
        {
            var pages = await caller.Client.PagesAsync(
                Ask("/v1/customers") with { Query = [("limit", "100")] }, PageWay.Older, Ct).ToArrayAsync(Ct);
            return pages is [StripePage.Full { Data.Count: 30 }];
        });
        var records = caller.Calls.Records.Take().Waiting;
        Assert.Contains(records, record => record is { Attempt: > 1, Failure: null });
        Assert.All(
            records.GroupBy(record => record.Correlation),
            call => Assert.Equal(Enumerable.Range(1, call.Count()), call.Select(record => (int)record.Attempt)));
    }

    private static StripeQuestion Ask(string path) => new() { Path = path, Lane = Lane.Live, Cause = "a test" };

    private static string Id(byte[] body) => JsonElement.Parse(body).Text("id")!;

    /// <summary>Everything as in the server, but that delays are leapt over.</summary>
    private sealed class Caller : IDisposable
    {
        private readonly HttpClient _http;

        public Caller(StripeSimulator stripe)
        {
            var keys = FakeStripe.Keys();
            Calls = new(new() { RequestsPerSecond = 1000 }, keys, new ThisNode("node 1", "0"), Clock, new Random(1));
            _http = new(new StripeCallPolicy(Calls) { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false } })
            {
                BaseAddress = stripe.Url,
                Timeout = Timeout.InfiniteTimeSpan,
            };
            Client = new(_http, keys);
        }

        public LeapingClock Clock { get; } = new();

        public StripeCalls Calls { get; }

        public StripeClient Client { get; }

        public Task<ChangeAnswer> MakeCustomerAsync(string key) => Client.ChangeAsync(
            new()
            {
                Path = "/v1/customers",
                Form = [("name", "Ada")],
                IdempotencyKey = key,
                Job = StripeJob.Payments,
                Lane = Lane.Live,
                Cause = "a test",
            },
            Ct);

        /// <summary>Does it until it works, a minute after each other, as work that waits does.</summary>
        public async Task UntilAsync(Func<Task<bool>> works)
        {
            for (var tries = 0; !await works(); tries++)
            {
                Assert.InRange(tries, 0, 50);
                Clock.Advance(TimeSpan.FromMinutes(1));
            }
        }

        public void Dispose()
        {
            _http.Dispose();
            Calls.Dispose();
        }
    }
}
