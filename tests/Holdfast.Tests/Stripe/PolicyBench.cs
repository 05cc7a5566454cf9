using System.Net.Http.Headers;
using Holdfast.Nodes;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;

namespace Holdfast.Tests.Stripe;

/// <summary>The policy between a caller and a Stripe that answers as told, with a clock in the test's hand.</summary>
internal sealed class PolicyBench<TClock> : IDisposable
    where TClock : TimeProvider, new()
{
    private readonly HttpClient _http;

    public PolicyBench(int requestsPerSecond = 1000)
    {
        Calls = new(
            new() { RequestsPerSecond = requestsPerSecond }, Keys, new ThisNode("node 1", "0"), Clock, new Random(1));
        _http = new(new StripeCallPolicy(Calls) { InnerHandler = Stripe })
        {
            BaseAddress = new("https://stripe.example"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Client = new(_http, Keys);
    }

    public FakeStripe Stripe { get; } = new();

    public TClock Clock { get; } = new();

    public StripeKeys Keys { get; } = FakeStripe.Keys();

    public StripeCalls Calls { get; }

    public StripeClient Client { get; }

    public static HttpRequestMessage Request(HttpMethod method, string path, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(method, path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_invented") },
        };
        if (method == HttpMethod.Post)
        {
            request.Content = new FormUrlEncodedContent([KeyValuePair.Create("amount", "100")]);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return request;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            return await _http.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    public Task<HttpResponseMessage> GetAsync(string path = "/v1/customers/cus_1") => SendAsync(Request(HttpMethod.Get, path));

    public Task<HttpResponseMessage> PostAsync(string path = "/v1/refunds", string? idempotencyKey = "key 1") =>
        SendAsync(Request(HttpMethod.Post, path, idempotencyKey));

    public void Dispose()
    {
        _http.Dispose();
        Stripe.Dispose();
        Calls.Dispose();
    }
}
