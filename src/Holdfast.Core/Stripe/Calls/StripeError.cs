using System.Text.Json;

namespace Holdfast.Stripe.Calls;

/// <summary>
/// What Stripe says of an error, without its message: that repeats what was sent, such as an address or a card's digits.
/// </summary>
/// <remarks>https://docs.stripe.com/api/errors</remarks>
internal sealed record StripeError(string Type, string? Code, string? DeclineCode, string? AdviceCode, string? Param)
{
    /// <returns>Null when this is no error as Stripe writes them: then something else has answered.</returns>
    public static StripeError? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            return root.Text("error", "type") is { } type
                ? new(
                    type,
                    root.Text("error", "code"),
                    root.Text("error", "decline_code"),
                    root.Text("error", "advice_code"),
                    root.Text("error", "param"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
