using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Scenarios;

/// <summary>
/// Speaks to the API as a shop's own program does: form bodies, a key to each write, and patience with bad weather.
/// </summary>
/// <param name="wait">Lets the world's time pass before a call is tried again.</param>
internal sealed class ScenarioClient(
    Func<ApiRequest, CancellationToken, Task<ApiResponse>> call,
    Func<TimeSpan, Task> wait,
    Chance chance,
    CancellationToken ct)
{
    /// <summary>With their pauses for longer than Stripe is ever away.</summary>
    private const int MaxTries = 20;

    private const string Key = "sk_test_of_a_scenario";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>Fields are written as curl writes them: <c>"items[0][price]=price_1"</c>.</summary>
    public Task<JsonObject> PostAsync(string path, params IEnumerable<string> fields) => FineAsync(new("POST", path)
    {
        Body = Encode(fields),
        IdempotencyKey = NewKey(),
    });

    public Task<JsonObject> GetAsync(string path, params IEnumerable<string> fields) =>
        FineAsync(new("GET", path) { Query = Encode(fields) });

    public Task<JsonObject> DeleteAsync(string path) => FineAsync(new("DELETE", path));

    /// <summary>A call whose payment the bank may turn down.</summary>
    /// <returns>The inside of the error; null when it went well.</returns>
    public async Task<JsonObject?> DeclinedAsync(string path, params IEnumerable<string> fields)
    {
        var request = new ApiRequest("POST", path) { Body = Encode(fields), IdempotencyKey = NewKey() };
        var answer = await SendAsync(request);
        return answer.Status switch
        {
            200 => null,
            402 => answer.Json.Child("error"),
            _ => throw Refused(request, answer),
        };
    }

    private async Task<JsonObject> FineAsync(ApiRequest request)
    {
        var answer = await SendAsync(request);
        return answer.Status is 200 ? answer.Json : throw Refused(request, answer);
    }

    /// <summary>
    /// Tries again with the same key where Stripe's libraries do, with growing pauses. An error of the server may be kept
    /// as the answer to the key, so then the key is a new one, as when a person presses the button again.
    /// </summary>
    private async Task<ApiResponse> SendAsync(ApiRequest request)
    {
        // It reads answers in the shape it knows, whatever the account's version.
        request = request with { Key = Key, Version = ApiVersion.Newest.Name };
        var pressedAgain = false;
        for (var tries = 1; ; tries++)
        {
            switch (await TryAsync(request))
            {
                case { Status: 400 } answer when pressedAgain:
                    throw new BrokenOffException($"What was pressed again was done already: {answer.Body}");
                case { Status: not (409 or 429 or >= 500) } answer:
                    return answer;
                case { Status: >= 500 } when request.IdempotencyKey is not null:
                    request = request with { IdempotencyKey = NewKey() };
                    pressedAgain = true;
                    break;
            }

            if (tries == MaxTries)
            {
                throw new BrokenOffException($"{request.Method} {request.Path} was not done in {tries} tries.");
            }

            var pause = TimeSpan.FromSeconds(Math.Pow(2, tries - 1));
            await wait(pause < LongestPause ? pause : LongestPause);
        }
    }

    /// <returns>Null when no answer came.</returns>
    private async Task<ApiResponse?> TryAsync(ApiRequest request)
    {
        try
        {
            return await call(request, ct) is { IsLost: false } answer ? answer : null;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or TimeoutException)
        {
            return null;
        }
    }

    private string NewKey() => chance.Next().ToString("x16", CultureInfo.InvariantCulture);

    private static ScenarioException Refused(ApiRequest request, ApiResponse answer) => new(
        $"{request.Method} {request.Path} with {Uri.UnescapeDataString(request.Body)} was answered {answer.Status}: "
        + answer.Body);

    private static string Encode(IEnumerable<string> fields) => string.Join('&', fields.Select(field =>
    {
        var equals = field.IndexOf('=', StringComparison.Ordinal);
        return $"{Uri.EscapeDataString(field[..equals])}={Uri.EscapeDataString(field[(equals + 1)..])}";
    }));
}

/// <summary>A scenario could not be played: the simulator answered otherwise than the story goes.</summary>
public sealed class ScenarioException(string message) : Exception(message);

/// <summary>Bad weather has ended a customer's story: they have lost patience, or no longer know where they are.</summary>
internal sealed class BrokenOffException(string message) : Exception(message);
