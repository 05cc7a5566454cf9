using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What a customer pays with: given with the customer, now or by a change.</summary>
internal static class CustomerMethods
{
    public static void Write(Call call, StripeObject customer)
    {
        var token = call.Params.Text("payment_method");
        var given = token is { Length: > 0 } ? Attach(call, customer, token) : null;
        if (call.Params.Text("source") is { Length: > 0 } source)
        {
            CardSources.Keep(call.Operation, customer, source);
        }

        if (call.Params.Text("default_source") is { Length: > 0 } kept)
        {
            MakeDefault(call, customer, kept);
        }

        if (call.Params.Child("invoice_settings") is { } settings
            && settings.Text("default_payment_method") is { } chosen)
        {
            // One test token given twice in a call means one payment method.
            var method = chosen.Length is 0 ? null
                : given is not null && chosen == token ? given
                : PaymentMethods.OfCustomer(
                    call.Operation, customer, chosen, settings.PathOf("default_payment_method"));
            call.Operation.Update(
                customer, body => body["invoice_settings"]!["default_payment_method"] = method?.Id);
        }
    }

    private static StripeObject Attach(Call call, StripeObject customer, string id)
    {
        var method = PaymentMethods.Resolve(call.Operation, id);
        PaymentMethods.Attach(call.Operation, method, customer);
        return method;
    }

    private static void MakeDefault(Call call, StripeObject customer, string id)
    {
        var card = call.Given(CardSources.Type, "default_source");
        if (card?.Text("customer") != customer.Id)
        {
            throw ApiError.State($"No such source: '{id}'", "resource_missing", "default_source");
        }

        call.Operation.Update(customer, body => body["default_source"] = card.Id);
    }
}
