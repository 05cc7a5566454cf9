namespace Holdfast.Stripe.Calls;

/// <summary>
/// After 1, 2 and 4 seconds, each a little more or less, so that what failed together does not come back together.
/// </summary>
internal static class RetryDelays
{
    public const int MaxAttempts = 4;

    private const double Jitter = 0.25;

    /// <param name="attempt">The one that failed, counted from 1.</param>
    /// <param name="chance">From 0 to 1.</param>
    /// <param name="retryAfter">What Stripe asked for. It is never undercut.</param>
    public static TimeSpan After(int attempt, double chance, TimeSpan? retryAfter)
    {
        var delay = TimeSpan.FromSeconds(Math.Pow(2, attempt - 1) * (1 - Jitter + (2 * Jitter * chance)));
        return retryAfter > delay ? retryAfter.Value : delay;
    }
}
