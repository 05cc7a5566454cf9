using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Http;

/// <summary>One API call while it is carried out: what was asked, and the operation that changes the world for it.</summary>
internal sealed class Call(
    Operation operation, Params asked, IReadOnlyDictionary<string, string> route, ApiRequest request, ApiVersion version)
{
    public Operation Operation { get; } = operation;

    public World World => Operation.World;

    public Params Params { get; } = asked;

    /// <summary>The path without query, as lists repeat it.</summary>
    public string Url { get; } = request.Path;

    /// <summary>After the question mark, encoded.</summary>
    public string Query { get; } = request.Query;

    public ApiVersion Version { get; } = version;

    /// <summary>The caller named the version; otherwise it is the account's.</summary>
    public bool NamesVersion { get; } = request.Version is { Length: > 0 };

    /// <summary>Made with a publishable key, as a browser does: it sees only objects whose client secret it knows.</summary>
    public bool IsPublishable { get; } = request.IsPublishable;

    /// <summary>A value out of the path, such as <c>customer</c> of <c>/v1/customers/{customer}</c>.</summary>
    public string Route(string name) => route[name];

    /// <summary>The object the path names; 404 when there is none. Stripe names it <c>id</c> in errors for most types.</summary>
    public StripeObject Named(ObjectType type, string name, string? param = null) =>
        World.Find(type, Route(name)) ?? throw ApiError.NotFound(type, Route(name), param ?? "id");

    /// <summary>The object a parameter names, null when it was not given.</summary>
    public StripeObject? Given(ObjectType type, string param) => Given(type, Params, param);

    public StripeObject? Given(ObjectType type, Params within, string param) => within.Text(param) switch
    {
        null or "" => null,
        var id => World.Find(type, id) ?? throw new ApiError(
            400, ApiError.InvalidRequest, $"No such {type.Spoken}: '{id}'", "resource_missing", within.PathOf(param)),
    };

    /// <summary>A page of a type's objects, newest first, with the filters every list has.</summary>
    public Page List(ObjectType type, Func<StripeObject, bool>? filter = null) =>
        List(NewestFirst(World.All(type)).Where(filter ?? (_ => true)).Select(item => item.Body));

    /// <param name="bodies">In the order they are listed.</param>
    public Page List(IEnumerable<JsonObject> bodies)
    {
        var between = CreatedBetween();
        return Page.Of(bodies.Where(body => between is null || between(body.Number("created") ?? 0)), Params, Url);
    }

    /// <summary>What these parameters ask of the fields of their names; one that was not given asks nothing.</summary>
    public Func<StripeObject, bool> Fits(params IReadOnlyList<string> names)
    {
        Func<StripeObject, bool>[] all = [.. names.Select(name => FitsAt(name, name))];
        return item => all.All(fits => fits(item));
    }

    /// <summary>What this parameter asks of a field of another name.</summary>
    public Func<StripeObject, bool> FitsAt(string param, string field) =>
        Params.Text(param) is { Length: > 0 } wanted ? item => item.Body.At(field)?.ToString() == wanted : _ => true;

    /// <summary>What the <c>created</c> parameter of lists asks for, null when it was not given.</summary>
    public Func<long, bool>? CreatedBetween()
    {
        if (!Params.Has("created"))
        {
            return null;
        }

        if (Params.TextOrHash("created") is { } text)
        {
            var at = Params.Integer("created");
            return created => created == at || text.Length == 0;
        }

        var range = Params.Child("created") ?? throw ApiError.Invalid("created", "Invalid hash: created.");
        var (gt, gte, lt, lte) = (range.Integer("gt"), range.Integer("gte"), range.Integer("lt"), range.Integer("lte"));
        return created => !(created <= gt) && !(created < gte) && !(created >= lt) && !(created > lte);
    }

    private static IEnumerable<StripeObject> NewestFirst(IReadOnlyList<StripeObject> all)
    {
        for (var i = all.Count - 1; i >= 0; i--)
        {
            yield return all[i];
        }
    }
}
