namespace Holdfast.Jobs;

/// <summary>
/// Where in the order of what is due the next claim begins. As long as somebody holds an old snapshot, whatever was done
/// since stays in the index, and a claim from the very beginning steps over all of it. So it begins where the last one
/// ended, and at the beginning only now and then, for what others have put back there.
/// </summary>
internal sealed class ClaimWindow(TimeProvider clock)
{
    /// <summary>How far back it begins when all was done: what is stored becomes visible a while after its moment.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>How often it begins at the beginning.</summary>
    public static readonly TimeSpan WholeEvery = TimeSpan.FromSeconds(5);

    /// <summary>To begin at the beginning takes at most this part of the time.</summary>
    private const int Share = 10;

    private DateTimeOffset _from = DateTimeOffset.MinValue;
    private long _after;
    private TimeSpan _wholeAfter;
    private long? _wholeAt;
    private bool _isWhole;

    /// <summary>The place to begin behind.</summary>
    public (DateTimeOffset From, long After) Next()
    {
        _isWhole = _wholeAt is not { } at || clock.GetElapsedTime(at) >= _wholeAfter;
        if (!_isWhole)
        {
            return (_from, _after);
        }

        _wholeAt = clock.GetTimestamp();
        return (DateTimeOffset.MinValue, 0);
    }

    /// <summary>What was claimed and is done; fewer than a whole batch when nothing else was due.</summary>
    public void Done(List<Job> batch, bool isAll, DateTimeOffset now)
    {
        Looked();
        (_from, _after) = !isAll && batch is [.., { DueAt: { } due } last] ? (due, last.Id.Value) : (now - Margin, 0);
    }

    /// <summary>It took too long: what comes now goes on all the same.</summary>
    public void TooSlow(DateTimeOffset now)
    {
        Looked();
        if (_from < now - Margin)
        {
            (_from, _after) = (now - Margin, 0);
        }
    }

    /// <summary>What was claimed may be there as before.</summary>
    public void Reset() => _wholeAt = null;

    private void Looked()
    {
        if (_isWhole && _wholeAt is { } at)
        {
            var took = clock.GetElapsedTime(at) * Share;
            _wholeAfter = took > WholeEvery ? took : WholeEvery;
        }
    }
}
