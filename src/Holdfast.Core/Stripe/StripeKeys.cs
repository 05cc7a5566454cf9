using System.Collections.Concurrent;

namespace Holdfast.Stripe;

/// <summary>What a key is used for.</summary>
internal enum StripeJob
{
    Read,
    Payments,
    Refunds,
}

/// <summary>The keys by job. They can be replaced as a whole while calls are made, to rotate one.</summary>
internal sealed class StripeKeys
{
    private readonly string _apiBase;
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<StripeJob, StripeKey> _keys = new Dictionary<StripeJob, StripeKey>();

    /// <exception cref="ArgumentException">One of them cannot be used. The message names it, and never shows it.</exception>
    public StripeKeys(StripeOptions options, StripeMode mode)
    {
        (Mode, _apiBase) = (mode, options.ApiBase);
        Replace(options.Keys);
    }

    /// <summary>The mode that all of them have.</summary>
    public StripeMode Mode { get; }

    public IReadOnlyCollection<StripeKey> All => [.. _keys.Values.DistinctBy(key => key.Fingerprint)];

    public StripeKey? For(StripeJob job) => _keys.GetValueOrDefault(job);

    /// <summary>The setting that the key with this fingerprint comes from, or came from before it was replaced.</summary>
    /// <returns>Null for a key that is not ours.</returns>
    public string? NameOf(string fingerprint) => _names.GetValueOrDefault(fingerprint);

    /// <exception cref="ArgumentException">One of them cannot be used; the old keys stay.</exception>
    public void Replace(StripeKeyOptions options)
    {
        _keys = Read(options);
        foreach (var key in _keys.Values)
        {
            _names[key.Fingerprint] = key.Name;
        }
    }

    private Dictionary<StripeJob, StripeKey> Read(StripeKeyOptions given)
    {
        var general = Read("STRIPE_SECRET_KEY", given.General);
        return new (StripeJob Job, StripeKey? Key)[]
        {
            (StripeJob.Read, Read("STRIPE_READ_KEY", given.Read) ?? general),
            (StripeJob.Payments, Read("STRIPE_PAYMENTS_KEY", given.Payments) ?? general),
            (StripeJob.Refunds, Read("STRIPE_REFUNDS_KEY", given.Refunds) ?? general),
        }.Where(one => one.Key is not null).ToDictionary(one => one.Job, one => one.Key!);
    }

    private StripeKey? Read(string name, string? text)
    {
        if (text is null or "")
        {
            return null;
        }

        StripeKey key;
        try
        {
            key = new(name, text);
        }
        catch (FormatException exception)
        {
            throw new ArgumentException($"{name} {exception.Message}. Copy the key from Stripe (Workbench → API keys).");
        }

        if (key.Mode != Mode)
        {
            throw new ArgumentException(
                $"{name} is a {Word(key.Mode)} key, and the mode is {Word(Mode)}: set a {Word(Mode)} key, or HOLDFAST_MODE to "
                + $"{Word(key.Mode)}.");
        }

        return key.Mode is StripeMode.Live && _apiBase.TrimEnd('/') is not StripeOptions.Address
            ? throw new ArgumentException(
                $"{name} is a live key, which goes to {StripeOptions.Address} alone, and STRIPE_API_BASE is {_apiBase}: "
                + "take STRIPE_API_BASE away, or set a test key.")
            : key;
    }

    private static string Word(StripeMode mode) => mode is StripeMode.Live ? "live" : "test";
}
