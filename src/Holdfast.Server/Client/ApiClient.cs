using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Server.Output;

namespace Holdfast.Server.Client;

/// <summary>Asks the server at <c>HOLDFAST_SERVER</c>, with the token in <c>HOLDFAST_API_TOKEN</c>.</summary>
internal sealed class ApiClient : IDisposable
{
    private const string ServerName = "HOLDFAST_SERVER";
    private const string TokenName = "HOLDFAST_API_TOKEN";
    private const string DefaultServer = "http://127.0.0.1:8000";
    private const int MaxAnswerBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly string _server;

    public ApiClient(Uri server, string? token)
    {
        _server = server.GetLeftPart(UriPartial.Path).TrimEnd('/');

        // No redirects: they would carry the question elsewhere. No proxy to this very machine.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !server.IsLoopback,
        })
        {
            BaseAddress = new Uri(_server + "/"),
            Timeout = Patience,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    private bool HasToken => _http.DefaultRequestHeaders.Authorization is not null;

    /// <exception cref="VerbException">One of the two cannot be what it says.</exception>
    public static ApiClient FromEnvironment()
    {
        var server = Named(ServerName) ?? DefaultServer;
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new VerbException(
                $"{ServerName} is \"{server}\", which is no URL; write {DefaultServer} or https://host.");
        }

        var token = Named(TokenName);
        return token?.All(letter => letter is > ' ' and <= '~') is false
            ? throw new VerbException(
                $"{TokenName} holds characters that no token has; set it again, without quotes or spaces.")
            : new ApiClient(uri, token);
    }

    public Task<ApiAnswer> GetAsync(ApiPath path, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, path, body: null, ct);

    public Task<ApiAnswer> PostAsync(ApiPath path, JsonObject? body, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, path, body, ct);

    public Task<ApiAnswer> DeleteAsync(ApiPath path, CancellationToken ct) =>
        SendAsync(HttpMethod.Delete, path, body: null, ct);

    public void Dispose() => _http.Dispose();

    private async Task<ApiAnswer> SendAsync(HttpMethod method, ApiPath path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path.ToString());
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(request, ct);
            var answer = await response.Content.ReadAsByteArrayAsync(ct);
            return response.IsSuccessStatusCode ? ApiAnswer.Read(answer) : throw Failure(response.StatusCode, answer);
        }
        catch (HttpRequestException exception)
        {
            throw new VerbException(
                $"No Holdfast server answers at {_server} ({exception.GetBaseException().Message}). "
                + $"Start one with \"holdfast serve\", or set {ServerName} to the URL of the one you mean.");
        }
        catch (JsonException)
        {
            throw NotHoldfast();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new VerbException(
                $"The server at {_server} did not answer within {Patience.TotalSeconds} seconds. Its log may say why; "
                + "what was asked for may still happen.");
        }
    }

    private VerbException Failure(HttpStatusCode status, byte[] answer)
    {
        var detail = DetailOf(answer);
        return status switch
        {
            HttpStatusCode.Unauthorized when HasToken => new(
                $"The server at {_server} does not know the token in {TokenName}: it is mistyped, revoked, or another "
                + "server's. Make one with \"holdfast tokens create\"."),
            HttpStatusCode.Unauthorized => new(
                $"The server at {_server} wants a token. Set {TokenName} to one made with \"holdfast tokens create\", "
                + "or to the one the server itself was started with."),
            HttpStatusCode.NotFound when detail is not null => new(detail, ExitCode.Found),
            _ when detail is not null => new(detail),
            HttpStatusCode.NotFound => NotHoldfast(),
            _ => new($"The server at {_server} answered {(int)status} without saying why. Its log may tell."),
        };
    }

    private VerbException NotHoldfast() => new(
        $"What answers at {_server} does not answer as Holdfast does. "
        + $"Set {ServerName} to the URL of the one you mean.");

    /// <summary>What a problem's details (RFC 9457) say, if the answer is one.</summary>
    private static string? DetailOf(byte[] answer)
    {
        try
        {
            return ApiAnswer.Read(answer).Root.Text("detail") is { Length: > 0 } detail ? detail : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Named(string name) =>
        Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
}
