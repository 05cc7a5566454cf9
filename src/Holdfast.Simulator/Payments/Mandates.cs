using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Payments;

/// <summary>How the customer agreed to be debited: read so that it is known, and otherwise of no effect here.</summary>
internal static class Mandates
{
    public static void Read(Call call)
    {
        call.Params.Text("mandate");
        if (call.Params.Child("mandate_data")?.Child("customer_acceptance") is not { } acceptance)
        {
            return;
        }

        acceptance.OneOf("type", "online", "offline");
        acceptance.Integer("accepted_at");
        acceptance.Child("offline");
        if (acceptance.Child("online") is { } online)
        {
            online.Text("ip_address");
            online.Text("user_agent");
            online.Flag("infer_from_client");
        }
    }
}
