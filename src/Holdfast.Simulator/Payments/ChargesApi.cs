using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;

namespace Holdfast.Simulator.Payments;

/// <summary>What can be asked of charges. https://docs.stripe.com/api/charges</summary>
internal static class ChargesApi
{
    public static void Map(Catalog catalog)
    {
        catalog.Add(Charges.Type);
        Charges.WhenDue(catalog);
        catalog.Get("/v1/charges", call => new Answer.Many(call.List(Charges.Type, item =>
            call.Fits(item, "customer") && call.Fits(item, "payment_intent") && call.Fits(item, "transfer_group"))));
        catalog.Get("/v1/charges/{charge}", call => Answer.Of(call.Named(Charges.Type, "charge")));
        catalog.Post("/v1/charges/{charge}", Update);
    }

    private static Answer Update(Call call)
    {
        var charge = call.Named(Charges.Type, "charge");
        call.Operation.Update(charge, body =>
        {
            call.Params.Set(body, "description", "receipt_email", "transfer_group");
            call.Params.SetMetadata(body);
            if (call.Params.Has("shipping"))
            {
                body["shipping"] = Shippings.Read(call.Params, "shipping");
            }
        }, "charge.updated");
        return Answer.Of(charge);
    }
}
