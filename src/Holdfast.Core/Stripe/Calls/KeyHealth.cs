using Holdfast.Alerts;

namespace Holdfast.Stripe.Calls;

/// <summary>
/// Which keys work. While Stripe refuses a key (401), nothing is changed with it; while it forbids a key something (403),
/// that is not tried again and again, and everything else goes on. Reads go on being sent, so that it shows when the key
/// works; where there are none, one change now and then is let through: where a key is refused, nothing is done.
/// </summary>
internal sealed class KeyHealth(StripeKeys keys, CallAlerts alerts, TimeProvider clock)
{
    /// <summary>How long changes are held back before one may try.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>What nobody has asked for in so long is forgotten.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    public const int MaxRemembered = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Concern, Trouble> _troubles = [];
    private readonly HashSet<string> _fine = new(StringComparer.Ordinal);

    /// <summary>Our own keys of now that do not do what they should, by name.</summary>
    public IReadOnlyList<string> NotWorking
    {
        get
        {
            lock (_lock)
            {
                var troubled = _troubles.Keys.Select(concern => concern.Key).ToHashSet();
                return [.. keys.All.Where(key => troubled.Contains(key.Fingerprint)).Select(key => key.Name)];
            }
        }
    }

    /// <summary>Our own keys of now that Stripe does not take at all.</summary>
    public IReadOnlyList<StripeKey> Refused
    {
        get
        {
            lock (_lock)
            {
                return [.. keys.All.Where(key => _troubles.ContainsKey(new Concern(key.Fingerprint)))];
            }
        }
    }

    /// <returns>With which status this call would be refused; null when it may go.</returns>
    public int? Refuses(Call call)
    {
        if (!call.IsChange)
        {
            return null;
        }

        lock (_lock)
        {
            return HoldsBackLocked(new(call.Key)) ? 401 : HoldsBackLocked(Concern.Of(call)) ? 403 : null;
        }
    }

    /// <summary>Learns from an answer.</summary>
    /// <param name="failure">Null when the call succeeded.</param>
    public void Told(Call call, StripeFailure? failure, string? requestId)
    {
        switch (failure)
        {
            case StripeFailure.KeyRefused:
                Note(new(call.Key), $"Stripe does not take {NameOf(call.Key)} ({Answer(401, requestId)}): it was revoked, has "
                    + "expired, or is not whole. Until it works nothing is changed with it and what must be asked waits; events "
                    + "are stored and applied all the same. Put a key that works in its place (docs/configuration.md).");
                break;
            case StripeFailure.Forbidden when call.Reason != CallReason.KeyCheck:
                Works(new(call.Key));
                Note(Concern.Of(call), $"{NameOf(call.Key)} may not do this: {Concern.Of(call).What} "
                    + $"({Answer(403, requestId)}). Give it that permission at Stripe, or put a key that has it in its place.");
                break;
            case null or StripeFailure.Declined or StripeFailure.Missing:
                Works(new(call.Key));
                Works(Concern.Of(call));
                break;
            case StripeFailure.Forbidden or StripeFailure.Invalid or StripeFailure.OtherParameters or StripeFailure.InProgress:
                Works(new(call.Key));
                break;
            default:
                // Stripe may have said so before it looked at the key.
                break;
        }
    }

    /// <summary>Forgets what nobody has asked for in a long time, and of whom a key was taken away.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            foreach (var (concern, trouble) in _troubles)
            {
                if (concern.What is not "" && clock.GetElapsedTime(trouble.LastAt) >= Remembered)
                {
                    _troubles.Remove(concern);
                    alerts.Clear(AlertKinds.StripeKey, SubjectOf(concern));
                }
            }
        }
    }

    private static string Answer(int status, string? requestId) => requestId is null ? $"{status}" : $"{status}, {requestId}";

    private void Note(Concern concern, string message)
    {
        lock (_lock)
        {
            _fine.Remove(SubjectOf(concern));
            if (_troubles.TryGetValue(concern, out var trouble) || _troubles.Count < MaxRemembered)
            {
                trouble ??= _troubles[concern] = new();
                trouble.LastAt = trouble.TriedAt = clock.GetTimestamp();
            }

            alerts.Raise(AlertKinds.StripeKey, SubjectOf(concern), message);
        }
    }

    /// <summary>The alert may be of a former process: the first time that something works clears it, too.</summary>
    private void Works(Concern concern)
    {
        lock (_lock)
        {
            _troubles.Remove(concern);
            if (_fine.Count >= MaxRemembered)
            {
                _fine.Clear();
            }

            if (_fine.Add(SubjectOf(concern)))
            {
                alerts.Clear(AlertKinds.StripeKey, SubjectOf(concern));
            }
        }
    }

    private bool HoldsBackLocked(Concern concern)
    {
        if (!_troubles.TryGetValue(concern, out var trouble))
        {
            return false;
        }

        if (clock.GetElapsedTime(trouble.TriedAt) < Pause)
        {
            return true;
        }

        trouble.TriedAt = clock.GetTimestamp();
        return false;
    }

    private string NameOf(string key) => keys.NameOf(key) ?? "a key of the application's own";

    private string SubjectOf(Concern concern) =>
        concern.What is "" ? NameOf(concern.Key) : $"{NameOf(concern.Key)}: {concern.What}";

    /// <param name="Key">The fingerprint of a key.</param>
    /// <param name="What">What it may not do; empty for everything.</param>
    private readonly record struct Concern(string Key, string What = "")
    {
        public static Concern Of(Call call) => new(
            call.Key,
            $"{(call.IsChange ? "change" : "read")} {CallPath.Resource(call.Path)}"
            + (call.StripeAccount is "" ? "" : $" of {call.StripeAccount}"));
    }

    private sealed class Trouble
    {
        public long LastAt { get; set; }

        public long TriedAt { get; set; }
    }
}
