using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Http;

/// <summary>What a handler answers with.</summary>
internal abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>An object, shown in the caller's version with its expansions.</summary>
    public sealed record One(JsonObject Body) : Answer;

    public sealed record Many(Page Page) : Answer;

    /// <summary>A body that is the same in every version, such as that of a deletion.</summary>
    public sealed record Plain(JsonObject Body) : Answer;

    public static Answer Of(StripeObject item) => new One(item.Body);

    /// <summary>What Stripe answers to a deletion.</summary>
    public static Answer Deleted(StripeObject item) =>
        new Plain(new JsonObject { ["id"] = item.Id, ["object"] = item.Type.Name, ["deleted"] = true });
}
