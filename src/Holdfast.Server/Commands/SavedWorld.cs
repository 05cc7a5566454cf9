using Holdfast.Server.Output;
using Holdfast.Simulator;

namespace Holdfast.Server.Commands;

/// <summary>A simulated world in a file.</summary>
internal static class SavedWorld
{
    private const string Route = "/_simulator/state";

    /// <param name="path">Null loads nothing.</param>
    public static async Task LoadAsync(StripeSimulator simulator, string? path, CancellationToken ct)
    {
        if (path is null)
        {
            return;
        }

        var saved = await AtFileAsync(path, () => File.ReadAllTextAsync(path, ct));
        var answer = await simulator.CallAsync(new("POST", Route) { Body = saved }, ct);
        if (answer.Status is not 200)
        {
            throw new VerbException(
                $"{path} holds no world that can be gone on with: {answer.Json["error"]?["message"]}");
        }
    }

    /// <param name="path">Null saves nothing.</param>
    public static async Task SaveAsync(StripeSimulator simulator, string? path)
    {
        if (path is null)
        {
            return;
        }

        var saved = await simulator.CallAsync(new("GET", Route), CancellationToken.None);
        await AtFileAsync(path, async () =>
        {
            await File.WriteAllTextAsync(path, saved.Body, CancellationToken.None);
            return saved;
        });
        Screen.Line($"Saved in {path}.");
    }

    private static async Task<T> AtFileAsync<T>(string path, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new VerbException($"{path} cannot be used: {exception.Message}");
        }
    }
}
