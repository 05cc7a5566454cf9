using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>A browser holds a publishable key and the client secret of one intent, and may touch no other.</summary>
internal static class ClientSecrets
{
    public static void Check(Call call, StripeObject intent)
    {
        var given = call.Params.Text("client_secret");
        if (given is null && call.IsPublishable)
        {
            throw ApiError.Missing("client_secret");
        }

        if (given is not null && given != intent.Text("client_secret"))
        {
            throw ApiError.State(
                "The client_secret provided does not match the client_secret associated with this object.",
                intent.Type.Name + "_client_secret_mismatch", "client_secret");
        }
    }
}
