using System.Diagnostics;

namespace Holdfast.EndToEnd;

/// <summary>A run of the binary from its start to its end.</summary>
internal sealed record HoldfastRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static Task<HoldfastRun> OfAsync(
        string directory, IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> settings) =>
        FinishAsync(HoldfastBinary.Start(directory, arguments, settings));

    /// <summary>Waits for the process to end by itself; ends it when it does not.</summary>
    public static async Task<HoldfastRun> FinishAsync(Process process)
    {
        using (process)
        {
            try
            {
                var output = process.StandardOutput.ReadToEndAsync();
                var errors = process.StandardError.ReadToEndAsync();
                using var deadline = new CancellationTokenSource(Deadline);
                await process.WaitForExitAsync(deadline.Token);
                return new(process.ExitCode, await output, await errors);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }
            }
        }
    }
}
