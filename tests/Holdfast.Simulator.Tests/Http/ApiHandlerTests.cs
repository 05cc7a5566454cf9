using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Http;

/// <summary>Both ways without a socket: a client's to the API, and the deliveries' to an endpoint.</summary>
public sealed class ApiHandlerTests
{
    private static readonly Uri Api = new("http://stripe.test/");

    [Fact]
    public async Task A_client_reaches_the_api_without_a_socket()
    {
        await using var box = await Box.OpenAsync(new() { Port = null });
        var customer = await box.PostAsync("/v1/customers", "email=ada@example.com");
        using var client = new HttpClient(box.Simulator.NewHandler());
        using var request = Ask($"v1/customers/{customer["id"]}");
        request.Headers.Add("Stripe-Version", "2025-03-31.basil");

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("ada@example.com", (string?)JsonNode.Parse(body)!["email"]);
        Assert.Equal("2025-03-31.basil", Assert.Single(answer.Headers.GetValues("Stripe-Version")));
        Assert.StartsWith("req_", Assert.Single(answer.Headers.GetValues("Request-Id")), StringComparison.Ordinal);
        Assert.Equal(box.Simulator.Now.ToUnixTimeSeconds(), answer.Headers.Date?.ToUnixTimeSeconds());
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Nothing_listens_without_a_port()
    {
        await using var box = await Box.OpenAsync(new() { Port = null });

        Assert.Throws<InvalidOperationException>(() => box.Simulator.Url);
    }

    [Fact]
    public async Task A_write_over_it_bears_its_key_and_its_form()
    {
        await using var box = await Box.OpenAsync(new() { Port = null });
        using var client = new HttpClient(box.Simulator.NewHandler());

        var first = await MakeAsync(client);
        var again = await MakeAsync(client);

        Assert.Equal(first, again);
        Assert.Equal("Ada", (string?)(await box.GetAsync($"/v1/customers/{first}"))["name"]);

        static async Task<string> MakeAsync(HttpClient client)
        {
            using var request = Ask("v1/customers");
            request.Method = HttpMethod.Post;
            request.Content = new FormUrlEncodedContent([KeyValuePair.Create("name", "Ada")]);
            request.Headers.Add("Idempotency-Key", "key-of-the-test");
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return (string)JsonNode.Parse(body)!["id"]!;
        }
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_a_broken_connection()
    {
        await using var box = await Box.OpenAsync(new() { Port = null, Forecast = Forecast.Calm with { Resets = 1 } });
        using var client = new HttpClient(box.Simulator.NewHandler());
        using var request = Ask("v1/customers");

        var broken = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(HttpRequestError.ResponseEnded, broken.HttpRequestError);
    }

    [Fact]
    public async Task Deliveries_go_by_the_carrier_that_is_given()
    {
        using var carrier = new Carrier();
        await using var box = await Box.OpenAsync(new() { Port = null, Carrier = carrier });
        await box.Simulator.AddEndpointAsync(
            new("http://shop.test/hook"), "whsec_of_the_tests", ct: TestContext.Current.CancellationToken);
        await box.PostAsync("/v1/customers");

        await box.PassAsync(TimeSpan.FromMinutes(1));

        var (url, body) = Assert.Single(carrier.Carried);
        Assert.Equal("http://shop.test/hook", url);
        Assert.Equal("customer.created", (string?)JsonNode.Parse(body)!["type"]);
    }

    private static HttpRequestMessage Ask(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Api, path));
        request.Headers.Authorization = new("Bearer", "sk_test_of_the_tests");
        return request;
    }

    private sealed class Carrier : HttpMessageHandler
    {
        public List<(string Url, string Body)> Carried { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Carried.Add((request.RequestUri!.ToString(), await request.Content!.ReadAsStringAsync(cancellationToken)));
            return new(HttpStatusCode.OK);
        }
    }
}
