namespace Holdfast.Ingest;

/// <summary>The name Stripe gave an event, such as <c>evt_1Abc</c>: by it an event is known and kept once.</summary>
public readonly record struct EventId
{
    /// <summary>Stripe promises that no id it makes is longer.</summary>
    /// <remarks>https://docs.stripe.com/upgrades</remarks>
    public const int MaxLength = 255;

    private readonly string? _text;

    /// <exception cref="ArgumentException">The text cannot be an event's id.</exception>
    public EventId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!IsValid(text))
        {
            throw new ArgumentException(
                $"This is no event id, which has 1 to {MaxLength} visible ASCII characters without a space, as in "
                + $"evt_1Abc; this text has {text.Length}. Copy the id from Stripe's dashboard.",
                nameof(text));
        }

        _text = text;
    }

    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength && !text.ContainsAnyExceptInRange('!', '~');

    public override string ToString() => _text ?? "(no event id)";
}
