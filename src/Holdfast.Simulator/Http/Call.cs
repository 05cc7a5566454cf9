using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Http;

/// <summary>One API call while it is carried out: what was asked, and the operation that changes the world for it.</summary>
internal sealed class Call(
    Operation operation, Params asked, IReadOnlyDictionary<string, string> route, ApiRequest request, ApiVersion version)
{
    private bool _readsFilters;

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
    /// <param name="filter">Of <see cref="Fits"/>, which stand first: all are read even when nothing is listed.</param>
    public Page List(ObjectType type, Func<StripeObject, bool>? filter = null)
    {
        if (filter is null)
        {
            return List(World.All(type).Select(item => item.Body));
        }

        _readsFilters = true;
        filter(new StripeObject(type, type.NewBody()));
        _readsFilters = false;
        return List(World.All(type).Where(filter).Select(item => item.Body));
    }

    /// <param name="bodies">In the order they were made.</param>
    public Page List(IEnumerable<JsonObject> bodies)
    {
        var between = CreatedBetween();
        return Page.Of([.. bodies.Where(body => between is null || between(body.Number("created") ?? 0)).Reverse()], Params, Url);
    }

    /// <summary>True when the parameter was not given, or the field of the object equals it.</summary>
    public bool Fits(StripeObject item, string param, string? field = null) =>
        Params.Text(param) is not { Length: > 0 } wanted || _readsFilters
        || item.Body.At(field ?? param)?.ToString() == wanted;

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
}
