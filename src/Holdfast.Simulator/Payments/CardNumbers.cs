using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Payments;

/// <summary>A card given by its number: checked as Stripe checks it, and known only when it is a test card.</summary>
internal sealed record CardNumbers(TestCard Card, long Month, long Year, bool HasCvc)
{
    private const long Century = 2000;
    private const long MaxYearsAhead = 50;

    public static CardNumbers Read(Call call, Params asked)
    {
        var number = asked.Required("number").Replace(" ", "", StringComparison.Ordinal);
        var month = asked.RequiredInteger("exp_month");
        var year = asked.RequiredInteger("exp_year");
        var cvc = asked.Text("cvc");
        if (!number.All(char.IsAsciiDigit) || !PassesLuhn(number))
        {
            throw Wrong(asked, "number", "incorrect_number", "Your card number is incorrect.");
        }

        if (month is < 1 or > 12)
        {
            throw Wrong(asked, "exp_month", "invalid_expiry_month", "Your card's expiration month is invalid.");
        }

        year = year < 100 ? year + Century : year;
        var now = call.World.Clock.Now;
        if (year > now.Year + MaxYearsAhead || year < now.Year || (year == now.Year && month < now.Month))
        {
            throw Wrong(asked, "exp_year", "invalid_expiry_year", "Your card's expiration year is invalid.");
        }

        if (cvc is { Length: > 0 } && (!cvc.All(char.IsAsciiDigit) || cvc.Length is < 3 or > 4))
        {
            throw Wrong(asked, "cvc", "invalid_cvc", "Your card's security code is invalid.");
        }

        var card = TestCards.WithNumber(number) ?? throw Refusals.Of(new Decline(
            "card_declined", "test_mode_live_card",
            "Your card was declined. This is a test, but the number is none of a test card.", null));
        return new CardNumbers(card, month, year, cvc is { Length: > 0 });
    }

    public static bool PassesLuhn(string number)
    {
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[number.Length - 1 - i] - '0';
            var weighed = i % 2 is 1 ? digit * 2 : digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }

        return number.Length > 11 && sum % 10 is 0;
    }

    private static ApiError Wrong(Params asked, string name, string code, string message) =>
        new(402, Refusals.CardError, message, code, asked.PathOf(name));
}
