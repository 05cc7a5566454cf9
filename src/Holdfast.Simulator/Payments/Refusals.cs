using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Payments;

/// <summary>The errors of payments that were refused: HTTP 402. https://docs.stripe.com/api/errors</summary>
internal static class Refusals
{
    public const string CardError = "card_error";

    public static ApiError Of(Decline decline) =>
        new(402, CardError, decline.Message, decline.Code, ParamOf(decline.Code)) { More = Reasons(decline) };

    /// <summary>An attempt failed: what happened stands, and the error shows the intent.</summary>
    /// <param name="field">Where the intent keeps its error: <c>last_payment_error</c>.</param>
    public static ApiError Of(Call call, StripeObject intent, string field)
    {
        call.Params.RefuseUnread();
        var failed = intent.Body.Child(field) ?? throw new InvalidOperationException($"{intent} has no {field}.");
        var more = new JsonObject();
        foreach (var name in (ReadOnlySpan<string>)["advice_code", "charge", "decline_code", "payment_method"])
        {
            if (failed[name] is { } value)
            {
                more[name] = value is JsonObject inner
                    ? Rendering.Render(call.World, inner, call.Version, Expansion.None)
                    : value.DeepClone();
            }
        }

        more[intent.Type.Name] = Rendering.Render(call.World, intent.Body, call.Version, Expansion.None);
        return new ApiError(
            402, failed.Text("type") ?? CardError, failed.Text("message") ?? "", failed.Text("code"),
            failed.Text("param"))
        {
            More = more,
            KeepsChanges = true,
        };
    }

    /// <summary>An intent's <c>last_payment_error</c> or <c>last_setup_error</c>.</summary>
    public static JsonObject ErrorOf(Decline decline, StripeObject? charge, StripeObject? method)
    {
        var error = Reasons(decline);
        error["code"] = decline.Code;
        error["doc_url"] = ApiError.DocsOf(decline.Code);
        error["message"] = decline.Message;
        error["type"] = decline.Code is "payment_intent_authentication_failure" or "setup_intent_authentication_failure"
            || decline.IsByBank ? ApiError.InvalidRequest : CardError;
        if (ParamOf(decline.Code) is { } param)
        {
            error["param"] = param;
        }

        if (charge is not null)
        {
            error["charge"] = charge.Id;
        }

        if (method is not null)
        {
            error[method.Type == PaymentMethods.Type ? "payment_method" : "source"] = method.Body.Copy();
        }

        return error;
    }

    private static JsonObject Reasons(Decline decline)
    {
        var reasons = new JsonObject();
        if (decline.Advice is not null)
        {
            reasons["advice_code"] = decline.Advice;
        }

        if (decline.Reason is not null)
        {
            reasons["decline_code"] = decline.Reason;
        }

        return reasons;
    }

    private static string? ParamOf(string code) => code switch
    {
        "incorrect_cvc" => "cvc",
        "expired_card" => "exp_month",
        "incorrect_number" => "number",
        _ => null,
    };
}
