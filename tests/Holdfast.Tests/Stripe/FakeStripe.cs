using System.Net;
using System.Text;
using Holdfast.Stripe;

namespace Holdfast.Tests.Stripe;

/// <summary>Stands where the network is: answers as a test says, and remembers what was asked.</summary>
internal sealed class FakeStripe : HttpMessageHandler
{
    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _answers = new();

    private readonly SemaphoreSlim _asked = new(0);

    public List<SentRequest> Requests { get; } = [];

    /// <summary>What is answered when nothing else was said.</summary>
    public Func<HttpResponseMessage> Otherwise { get; set; } = () => Response(200, "{}");

    public static HttpResponseMessage Response(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        response.Headers.Date = new(2026, 3, 1, 12, 0, 5, TimeSpan.Zero);
        response.Headers.TryAddWithoutValidation("Request-Id", "req_1");
        foreach (var (name, value) in headers)
        {
            response.Headers.Remove(name);
            if (value is not "")
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    public static StripeKeys Keys(string? general = "sk_test_invented") =>
        new(new() { Keys = { General = general } }, StripeMode.Test);

    public FakeStripe Answer(int status, string body = "{}", params (string Name, string Value)[] headers)
    {
        _answers.Enqueue(_ => Task.FromResult(Response(status, body, headers)));
        return this;
    }

    public FakeStripe Fail(Exception exception)
    {
        _answers.Enqueue(_ => Task.FromException<HttpResponseMessage>(exception));
        return this;
    }

    public FakeStripe Then(Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>Answers nothing until the caller has had enough.</summary>
    public FakeStripe Hang()
    {
        _answers.Enqueue(async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            throw new InvalidOperationException("It never comes to this.");
        });
        return this;
    }

    /// <summary>Waits until one more request has come.</summary>
    public Task AskedAsync() => _asked.WaitAsync(TestContext.Current.CancellationToken);

    protected override void Dispose(bool disposing)
    {
        _asked.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(new(
            request.Method.Method,
            request.RequestUri!,
            request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value)),
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken)));
        var answer = _answers.TryDequeue(out var next) ? next(cancellationToken) : Task.FromResult(Otherwise());
        _asked.Release();
        var response = await answer;
        response.RequestMessage = request;
        return response;
    }
}

/// <summary>A request as it came.</summary>
internal sealed record SentRequest(string Method, Uri Uri, Dictionary<string, string> Headers, string? Body);
