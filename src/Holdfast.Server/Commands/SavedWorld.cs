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

    /// <summary>Whether there can be saved is known at once: at the end the world would be lost.</summary>
    /// <param name="path">Null saves nothing.</param>
    public static async Task TrySaveAsync(string? path)
    {
        if (path is null)
        {
            return;
        }

        if (Directory.Exists(path))
        {
            throw new VerbException($"{path} cannot be saved in: it is a directory.");
        }

        var beside = BesideOf(path);
        await AtFileAsync(path, async () =>
        {
            await File.WriteAllTextAsync(beside, "");
            File.Delete(beside);
            return beside;
        });
    }

    /// <summary>One that was saved there before is replaced by the whole new one, or stays.</summary>
    /// <param name="path">Null saves nothing.</param>
    public static async Task SaveAsync(StripeSimulator simulator, string? path)
    {
        if (path is null)
        {
            return;
        }

        var saved = await simulator.CallAsync(new("GET", Route), CancellationToken.None);
        var beside = BesideOf(path);
        await AtFileAsync(path, async () =>
        {
            await File.WriteAllTextAsync(beside, saved.Body, CancellationToken.None);
            File.Move(beside, TargetOf(path), overwrite: true);
            return beside;
        });
        Screen.Line($"Saved in {path}.");
    }

    private static string BesideOf(string path) => $"{TargetOf(path)}.new";

    /// <summary>The file itself where the path is a link to it.</summary>
    private static string TargetOf(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path;

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
