using System.Globalization;
using System.Text;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Support;

/// <summary>A shop's calls in rough weather, and all that was answered and delivered, in one text to compare.</summary>
internal sealed class Run
{
    private readonly StringBuilder _seen = new();
    private int _receiverCalls;

    public static SimulatorOptions Rough(long seed) => new()
    {
        Seed = seed,
        Forecast = Forecast.Rough with { HeldFor = TimeSpan.Zero, SlowFor = TimeSpan.Zero },
    };

    public string Seen => _seen.ToString();

    /// <summary>Answers now with 500, now with 200, as a receiver of a real shop; the same each run.</summary>
    public int Answer(Arrival arrival)
    {
        _seen.Append("delivery ").Append(arrival.Signature).Append('\n')
            .Append(Encoding.UTF8.GetString(arrival.Body)).Append('\n');
        return ++_receiverCalls % 5 is 0 ? 500 : 200;
    }

    /// <summary>Each a step that can be followed by a save: customers, a payment, a subscription, and time.</summary>
    public async Task StepAsync(Box box, int number)
    {
        var customer = await FirstIdAsync(box, number, "/v1/customers", $"name=Ada+%C3%89+{number}&payment_method=pm_card_visa"
            + "&invoice_settings%5Bdefault_payment_method%5D=pm_card_visa");
        await SendAsync(box, number, "POST", $"/v1/customers/{customer}", $"metadata%5Bn%5D={number}");
        await SendAsync(box, number, "GET", $"/v1/customers/{customer}");
        await SendAsync(box, number, "POST", "/v1/payment_intents",
            $"amount={1000 + number}&currency=eur&customer={customer}&payment_method=pm_card_visa&confirm=true&off_session=true");
        var price = await FirstIdAsync(box, number, "/v1/prices",
            "unit_amount=500&currency=eur&recurring%5Binterval%5D=month&product_data%5Bname%5D=Pro");
        await SendAsync(box, number, "POST", "/v1/subscriptions", $"customer={customer}&items%5B0%5D%5Bprice%5D={price}");
        await box.PassAsync(TimeSpan.FromHours(11) * number);
        await SendAsync(box, number, "GET", "/v1/events", "limit=5");
        await SendAsync(box, number, "GET", "/_simulator/deliveries");
    }

    private async Task<string?> FirstIdAsync(Box box, int number, string path, string body)
    {
        for (var tries = 1; tries <= 20; tries++)
        {
            if (await SendAsync(box, number * 100 + tries, "POST", path, body) is { Status: 200 } answer)
            {
                return (string?)answer.Json["id"];
            }
        }

        return null;
    }

    private async Task<ApiResponse> SendAsync(Box box, int key, string method, string path, string form = "")
    {
        var answer = await box.SendAsync(new ApiRequest(method, path)
        {
            Key = "sk_test_of_a_run",
            Body = method is "POST" ? form : "",
            Query = method is "POST" ? "" : form,
            IdempotencyKey = method is "POST" ? $"{path} {key}" : null,
        });
        _seen.Append(CultureInfo.InvariantCulture, $"{method} {path} -> {answer.Status}\n");
        foreach (var (name, value) in answer.Headers)
        {
            _seen.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        }

        _seen.Append(answer.Body).Append('\n');
        return answer;
    }
}
