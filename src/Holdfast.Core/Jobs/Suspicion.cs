using Holdfast.Nodes;

namespace Holdfast.Jobs;

/// <summary>
/// A job that is to be run alone. Before it runs, the store counts it, so that a death tells: once for each life that
/// takes it up, though several nodes may have the same one under suspicion at the same time.
/// </summary>
internal sealed class Suspicion(Suspect suspect, TimeProvider clock)
{
    private int _alone = suspect.Alone;
    private bool _isCounted;
    private long? _othersSince;

    public JobId Id => suspect.Id;

    /// <summary>It is in the store that this process takes it up, or may be.</summary>
    public bool IsCounted => _isCounted;

    /// <summary>What the store counted before this process took it up.</summary>
    public int Alone => _alone;

    /// <summary>What is to be done, now that the store has counted so often.</summary>
    public SuspicionTurn Look(int counted)
    {
        if (counted < _alone)
        {
            // Others have run it to an end, which ended its count.
            return SuspicionTurn.Over;
        }

        if (_isCounted && counted == _alone + 1)
        {
            return SuspicionTurn.Run;
        }

        if (counted > _alone)
        {
            _othersSince ??= clock.GetTimestamp();
            if (clock.GetElapsedTime(_othersSince.Value) < Node.LostAfter)
            {
                return SuspicionTurn.Wait;
            }

            // Who took it up would have run it by now, if it had not died of it.
            (_alone, _isCounted, _othersSince) = (counted, false, null);
        }

        return SuspicionTurn.Count;
    }

    public void Counted() => _isCounted = true;
}

internal enum SuspicionTurn
{
    /// <summary>It is not under suspicion any more.</summary>
    Over,

    /// <summary>Another node has taken it up.</summary>
    Wait,

    /// <summary>It is to be counted, and then run.</summary>
    Count,

    /// <summary>It has been counted.</summary>
    Run,
}
