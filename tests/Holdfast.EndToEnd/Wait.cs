using System.Diagnostics;

namespace Holdfast.EndToEnd;

/// <summary>Waits for what must come, and says what did not.</summary>
internal static class Wait
{
    /// <summary>Far beyond what any step takes, as machines can be slow.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static Task UntilAsync(string what, Func<bool> come, TimeSpan? within = null) =>
        UntilAsync(what, () => Task.FromResult(come()), within);

    public static async Task UntilAsync(string what, Func<Task<bool>> come, TimeSpan? within = null)
    {
        var since = Stopwatch.StartNew();
        while (!await come())
        {
            if (since.Elapsed > (within ?? Deadline))
            {
                Assert.Fail($"After {since.Elapsed} still not: {what}.");
            }

            await Task.Delay(Step, TestContext.Current.CancellationToken);
        }
    }
}
