using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Payments;

/// <summary>What payment intents and setup intents have in common for their callers.</summary>
internal static class Intents
{
    private const int SecretLetters = 25;

    public static string NewSecret(Operation operation, StripeObject intent) =>
        $"{intent.Id}_secret_{operation.World.Ids.Letters(SecretLetters)}";

    /// <summary>A browser holds a publishable key and the secret of one intent, and may touch no other.</summary>
    public static void CheckSecret(Call call, StripeObject intent)
    {
        var given = call.Params.Text("client_secret");
        if (given is null && call.IsPublishable)
        {
            throw ApiError.Missing("client_secret");
        }

        if (given is not null && given != intent.Text("client_secret"))
        {
            throw ApiError.State(
                $"The client_secret does not belong to {intent.Id}.", "resource_missing", "client_secret");
        }
    }

    /// <summary>Throws when the intent's status is none of these.</summary>
    /// <param name="done">As in "can be confirmed only with".</param>
    public static void Require(Call call, StripeObject intent, string done, params ReadOnlySpan<string> statuses)
    {
        if (statuses.Contains(intent.Status!))
        {
            return;
        }

        throw new ApiError(400, ApiError.InvalidRequest,
            $"The status of {intent.Id} is {intent.Status}; it can be {done} only while that is one of: "
            + $"{string.Join(", ", statuses!)}.",
            $"{intent.Type.Name}_unexpected_state")
        {
            More = new JsonObject
            {
                [intent.Type.Name] = Rendering.Render(call.World, intent.Body, call.Version, Expansion.None),
            },
        };
    }

    /// <summary>Reads what belongs to an attempt: how the customer agreed, and where they come back to.</summary>
    public static void ReadAttempt(Call call, StripeObject intent)
    {
        call.Params.Flag("use_stripe_sdk");
        Mandates.Read(call);
        if (call.Params.Text("return_url") is { Length: > 0 } url)
        {
            call.Operation.UpdateHidden(intent, hidden => hidden["return_url"] = url);
        }
    }

    /// <summary>Such a parameter makes no sense without <c>confirm=true</c>, and Stripe says so.</summary>
    public static void RefuseAttempt(Call call, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (call.Params.Has(name))
            {
                throw ApiError.Invalid(name, $"You can pass {name} only together with confirm=true.");
            }
        }
    }
}
