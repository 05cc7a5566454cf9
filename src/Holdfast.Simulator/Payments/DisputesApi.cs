using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What can be asked of disputes. https://docs.stripe.com/api/disputes</summary>
internal static class DisputesApi
{
    private const int MaxEvidence = 150_000;

    public static void Map(Catalog catalog)
    {
        catalog.Add(Disputes.Type);
        DisputeRuling.Map(catalog);
        catalog.Get("/v1/disputes", call => new Answer.Many(
            call.List(Disputes.Type, call.Fits("charge", "payment_intent"))));
        catalog.Get("/v1/disputes/{dispute}", call => Answer.Of(call.Named(Disputes.Type, "dispute")));
        catalog.Post("/v1/disputes/{dispute}", Update);
        catalog.Post("/v1/disputes/{dispute}/close", Close);
    }

    private static Answer Update(Call call)
    {
        var dispute = Open(call);
        var hasEvidence = false;
        call.Operation.Update(dispute, body =>
        {
            call.Params.SetMetadata(body);
            if (call.Params.Child("evidence") is { } evidence)
            {
                hasEvidence = WriteEvidence(evidence, body.Child("evidence")!);
                body["evidence_details"]!["has_evidence"] =
                    body.Child("evidence")!.Any(field => field.Value is JsonValue);
            }
        });
        if (call.Params.Flag("submit") ?? hasEvidence)
        {
            DisputeRuling.Submit(call.Operation, dispute);
        }

        call.Operation.Tell("charge.dispute.updated", dispute);
        return Answer.Of(dispute);
    }

    private static Answer Close(Call call)
    {
        var dispute = Open(call);
        DisputeRuling.Close(call.Operation, dispute, Disputes.IsInquiry(dispute) ? "warning_closed" : "lost");
        return Answer.Of(dispute);
    }

    private static StripeObject Open(Call call)
    {
        var dispute = call.Named(Disputes.Type, "dispute");
        return !Disputes.IsClosed(dispute) ? dispute : throw ApiError.State(
            $"Dispute {dispute.Id} is closed: its status is {dispute.Status}.", "dispute_already_closed");
    }

    private static bool WriteEvidence(Params given, JsonObject evidence)
    {
        var any = false;
        string[] names = [.. evidence.Where(field => field.Value is not JsonObject).Select(field => field.Key)];
        foreach (var name in names)
        {
            if (given.Text(name) is not { } text)
            {
                continue;
            }

            if (text.Length > MaxEvidence)
            {
                throw ApiError.Invalid(given.PathOf(name), $"Evidence may have {MaxEvidence} characters at most.");
            }

            evidence[name] = text.Length is 0 ? null : text;
            any = true;
        }

        return any;
    }
}
