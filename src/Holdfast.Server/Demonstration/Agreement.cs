using System.Text.Json.Nodes;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Demonstration;

/// <summary>What came of comparing every object at Stripe with what Holdfast holds, field by field.</summary>
/// <param name="Equal">Of these, the same on both sides.</param>
/// <param name="Untold">Held as an event told of it, and never asked for since: Stripe has changed it without an event.</param>
/// <param name="Differing">Not the same.</param>
internal sealed record Agreement(int Objects, int Equal, int Untold, IReadOnlyList<Disagreement> Differing)
{
    public bool IsReached => Differing.Count is 0;

    public static async Task<Agreement> SeekAsync(
        IReadOnlyList<JsonObject> told, ApiClient holdfast, CancellationToken ct)
    {
        var (equal, untold, differing) = (0, 0, new List<Disagreement>());
        foreach (var one in told)
        {
            var (type, id) = ((string)one["type"]!, (string)one["id"]!);
            var (now, asTold) = (one["object"]!.AsObject(), one["told"] as JsonObject);
            var held = await FindAsync(holdfast, type, id, ct);
            switch (held)
            {
                case { IsDeleted: true } when now["deleted"] is not null:
                case { IsDeleted: false } when JsonNode.DeepEquals(held.Body, now):
                    equal++;
                    break;
                case { IsDeleted: false, IsAsTold: true } when asTold is not null && JsonNode.DeepEquals(held.Body, asTold):
                    untold++;
                    break;
                default:
                    differing.Add(new(type, id, held is null
                        ? ["Holdfast does not hold it."]
                        : [.. FieldDifferences.Between(held.Body, asTold ?? now)]));
                    break;
            }
        }

        return new(told.Count, equal, untold, differing);
    }

    /// <returns>Null when Holdfast has no such object.</returns>
    private static async Task<Held?> FindAsync(ApiClient holdfast, string type, string id, CancellationToken ct)
    {
        try
        {
            var root = (await holdfast.GetAsync(ApiPath.Of("objects", type, id), ct)).Root;
            return new(JsonObject.Create(root.GetProperty("body"))!, root.Text("source") is "event", root.IsTrue("deleted"));
        }
        catch (VerbException exception) when (exception.ExitCode is ExitCode.Found)
        {
            return null;
        }
    }

    private sealed record Held(JsonObject Body, bool IsAsTold, bool IsDeleted);
}

/// <summary>An object that is not the same on both sides, and in what.</summary>
internal sealed record Disagreement(string Type, string Id, IReadOnlyList<string> Fields);
