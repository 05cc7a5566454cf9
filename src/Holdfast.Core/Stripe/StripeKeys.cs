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
    private volatile IReadOnlyDictionary<StripeJob, StripeKey> _keys;

    /// <exception cref="ArgumentException">One of them cannot be used. The message names it, and never shows it.</exception>
    public StripeKeys(StripeOptions options, StripeMode mode)
    {
        Mode = mode;
        _keys = Read(options, mode);
    }

    /// <summary>The mode that all of them have.</summary>
    public StripeMode Mode { get; }

    public StripeKey? For(StripeJob job) => _keys.GetValueOrDefault(job);

    /// <exception cref="ArgumentException">One of them cannot be used; the old keys stay.</exception>
    public void Replace(StripeOptions options) => _keys = Read(options, Mode);

    private static Dictionary<StripeJob, StripeKey> Read(StripeOptions options, StripeMode mode)
    {
        var given = options.Keys;
        var general = Read("STRIPE_SECRET_KEY", given.General, options, mode);
        return new (StripeJob Job, StripeKey? Key)[]
        {
            (StripeJob.Read, Read("STRIPE_READ_KEY", given.Read, options, mode) ?? general),
            (StripeJob.Payments, Read("STRIPE_PAYMENTS_KEY", given.Payments, options, mode) ?? general),
            (StripeJob.Refunds, Read("STRIPE_REFUNDS_KEY", given.Refunds, options, mode) ?? general),
        }.Where(one => one.Key is not null).ToDictionary(one => one.Job, one => one.Key!);
    }

    private static StripeKey? Read(string name, string? text, StripeOptions options, StripeMode mode)
    {
        if (text is null or "")
        {
            return null;
        }

        StripeKey key;
        try
        {
            key = new(text);
        }
        catch (FormatException exception)
        {
            throw new ArgumentException($"{name} {exception.Message}. Copy the key from Stripe (Workbench → API keys).");
        }

        if (key.Mode != mode)
        {
            throw new ArgumentException(
                $"{name} is a {Word(key.Mode)} key, and the mode is {Word(mode)}: set a {Word(mode)} key, or HOLDFAST_MODE to "
                + $"{Word(key.Mode)}.");
        }

        return key.Mode is StripeMode.Live && options.ApiBase.TrimEnd('/') is not StripeOptions.Address
            ? throw new ArgumentException(
                $"{name} is a live key, which goes to {StripeOptions.Address} alone, and STRIPE_API_BASE is {options.ApiBase}: "
                + "take STRIPE_API_BASE away, or set a test key.")
            : key;
    }

    private static string Word(StripeMode mode) => mode is StripeMode.Live ? "live" : "test";
}
