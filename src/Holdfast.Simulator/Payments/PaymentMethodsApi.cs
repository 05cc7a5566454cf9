using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What can be asked of payment methods. https://docs.stripe.com/api/payment_methods</summary>
internal static class PaymentMethodsApi
{
    public static void Map(Catalog catalog)
    {
        catalog.Add(PaymentMethods.Type);
        catalog.Open("POST", "/v1/payment_methods", call => Answer.Of(MethodParams.Make(call, call.Params)));
        catalog.Get("/v1/payment_methods", List);
        catalog.Get("/v1/payment_methods/{method}", call =>
            Answer.Of(call.Named(PaymentMethods.Type, "method", "payment_method")));
        catalog.Post("/v1/payment_methods/{method}", Update);
        catalog.Post("/v1/payment_methods/{method}/attach", Attach);
        catalog.Post("/v1/payment_methods/{method}/detach", Detach);
        catalog.Get("/v1/customers/{customer}/payment_methods", call =>
            ListOf(call, call.Named(Customers.Type, "customer", "customer").Id));
        catalog.Get("/v1/customers/{customer}/payment_methods/{method}", RetrieveOf);
    }

    private static Answer List(Call call) =>
        ListOf(call, call.Given(Customers.Type, "customer")?.Id ?? throw ApiError.Missing("customer"));

    private static Answer.Many ListOf(Call call, string customer)
    {
        var fits = call.Fits("type", "allow_redisplay");
        return new(call.List(PaymentMethods.Type, item => fits(item) && item.Text("customer") == customer));
    }

    private static Answer RetrieveOf(Call call)
    {
        var customer = call.Named(Customers.Type, "customer", "customer");
        var method = call.Named(PaymentMethods.Type, "method", "payment_method");
        return method.Text("customer") == customer.Id
            ? Answer.Of(method)
            : throw ApiError.NotFound(PaymentMethods.Type, method.Id, "payment_method");
    }

    private static Answer Update(Call call)
    {
        var method = call.Named(PaymentMethods.Type, "method", "payment_method");
        if (method.Text("customer") is null)
        {
            throw ApiError.State(
                "A payment method must be attached to a customer before it can be updated.",
                "payment_method_unexpected_state");
        }

        call.Operation.Update(method, body =>
        {
            MethodParams.Write(call.Params, body);
            if (call.Params.Child("card") is { } card)
            {
                var held = body.Child("card") ?? throw ApiError.State("This payment method is no card.", param: "card");
                held["exp_month"] = card.Integer("exp_month") ?? held["exp_month"]?.DeepClone();
                held["exp_year"] = card.Integer("exp_year") ?? held["exp_year"]?.DeepClone();
            }
        }, "payment_method.updated");
        return Answer.Of(method);
    }

    private static Answer Attach(Call call)
    {
        call.Params.Required("customer");
        var customer = call.Given(Customers.Type, "customer")!;
        var method = PaymentMethods.Resolve(call.Operation, call.Route("method"));
        PaymentMethods.Attach(call.Operation, method, customer);
        return Answer.Of(method);
    }

    private static Answer Detach(Call call)
    {
        var method = call.Named(PaymentMethods.Type, "method", "payment_method");
        PaymentMethods.Detach(call.Operation, method);
        return Answer.Of(method);
    }
}
