using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What the customer has to do: go to their bank's page, or let Stripe's script show it.</summary>
internal static class NextAction
{
    public static JsonObject For(Operation operation, StripeObject intent)
    {
        var page = $"https://hooks.stripe.com/3d_secure_2/hosted?intent={intent.Id}";
        return intent.Hidden.Text("return_url") is { } back
            ? new JsonObject
            {
                ["redirect_to_url"] = new JsonObject { ["return_url"] = back, ["url"] = page },
                ["type"] = "redirect_to_url",
            }
            : new JsonObject
            {
                ["type"] = "use_stripe_sdk",
                ["use_stripe_sdk"] = new JsonObject
                {
                    ["source"] = operation.World.Ids.Next("payatt"),
                    ["stripe_js"] = page,
                    ["type"] = "three_d_secure_redirect",
                },
            };
    }
}
