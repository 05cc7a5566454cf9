using System.Net;
using System.Text;

namespace Holdfast.Simulator.Http;

/// <summary>Carries an HTTP client's requests to the API of a simulator in the same process, without a socket.</summary>
internal sealed class ApiHandler(Api api) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await api.AnswerAsync(await ReadAsync(request, cancellationToken), cancellationToken);
        return answer.IsLost
            ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The simulated connection broke.")
            : Write(request, answer);
    }

    private static async Task<ApiRequest> ReadAsync(HttpRequestMessage request, CancellationToken ct) =>
        new(request.Method.Method, Uri.UnescapeDataString(request.RequestUri!.AbsolutePath))
        {
            Query = request.RequestUri.Query.TrimStart('?'),
            Body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(ct),
            Key = Authorization.KeyOf(Header(request, "Authorization")),
            Version = Header(request, "Stripe-Version"),
            IdempotencyKey = Header(request, "Idempotency-Key"),
            Account = Header(request, "Stripe-Account"),
        };

    private static HttpResponseMessage Write(HttpRequestMessage request, ApiResponse answer)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(answer.Body)),
        };
        foreach (var (name, value) in answer.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
