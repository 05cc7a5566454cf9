namespace Holdfast.Stripe.Calls;

/// <summary>
/// Stops calling a Stripe that is away. It opens when several calls in a row had no answer or one that only a Stripe in
/// trouble gives; after a pause one call is let through, and what comes of it decides.
/// </summary>
/// <remarks><code>
/// Closed ──failures──▶ Open ──pause──▶ Half-open (one call) ──answered──▶ Closed
///                       ▲                  └──failed, a longer pause──▶ Open
/// </code></remarks>
internal sealed class Circuit(TimeProvider clock)
{
    public const int MaxFailures = 5;

    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private int _failures;
    private TimeSpan _pause;
    private long _openedAt;
    private bool _trying;
    private bool _wasAnswered;

    /// <returns>When a call may go again; null when one may go now.</returns>
    public TimeSpan? Closes()
    {
        lock (_lock)
        {
            return ClosesLocked();
        }
    }

    /// <summary>Lets a call through. Whoever was let through must tell how it ended.</summary>
    /// <returns>False when it may not go.</returns>
    public bool TryEnter(out bool isTrial)
    {
        lock (_lock)
        {
            isTrial = _pause > TimeSpan.Zero && ClosesLocked() is null;
            _trying |= isTrial;
            return isTrial || _pause == TimeSpan.Zero;
        }
    }

    /// <summary>Stripe has answered, whatever it said.</summary>
    /// <returns>True when that closed the circuit, or nobody could say before.</returns>
    public bool Answered()
    {
        lock (_lock)
        {
            var isNews = _pause > TimeSpan.Zero || !_wasAnswered;
            (_failures, _pause, _trying, _wasAnswered) = (0, TimeSpan.Zero, false, true);
            return isNews;
        }
    }

    /// <returns>True when that opened the circuit, or left it open after a trial.</returns>
    public bool Failed(bool isTrial)
    {
        lock (_lock)
        {
            _failures++;
            if (isTrial && _pause > TimeSpan.Zero)
            {
                _trying = false;
                _pause = _pause * 2 < MaxPause ? _pause * 2 : MaxPause;
            }
            else if (_pause == TimeSpan.Zero && _failures >= MaxFailures)
            {
                _pause = FirstPause;
            }
            else
            {
                return false;
            }

            _openedAt = clock.GetTimestamp();
            return true;
        }
    }

    /// <summary>The caller went away before there was an answer, so the next may try.</summary>
    public void GaveUp(bool isTrial)
    {
        lock (_lock)
        {
            _trying &= !isTrial;
        }
    }

    private TimeSpan? ClosesLocked()
    {
        var left = _pause - clock.GetElapsedTime(_openedAt);
        return _pause == TimeSpan.Zero ? null
            : left > TimeSpan.Zero ? left
            : _trying ? FirstPause
            : null;
    }
}
