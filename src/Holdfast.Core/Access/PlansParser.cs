using System.Text.Json;

namespace Holdfast.Access;

/// <summary>Turns the bytes of <c>plans.json</c> into plans, or into the list of all that is wrong with them.</summary>
/// <remarks>
/// Strict, because what is misread here is access given away or withheld: a key that is not known is an error and never
/// ignored. <c>docs/plans.schema.json</c> says the same to editors; a test keeps the two level.
/// </remarks>
internal sealed class PlansParser
{
    private static readonly string[] FileKeys = ["$schema", "plans", "policies"];
    private static readonly string[] PolicyKeys = ["past_due"];
    private static readonly string[] PlanKeys = ["id", "name", "prices", "products", "lookup_keys", "features"];

    private readonly PlansErrors _errors = new();
    private readonly PlanWays _ways;
    private readonly FeatureParser _features;
    private readonly Dictionary<string, string> _pathById = new(StringComparer.Ordinal);

    private PlansParser() => (_ways, _features) = (new(_errors), new(_errors));

    public static PlansFile Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > Plans.MaxBytes)
        {
            var tooBig = $"has {json.Length} bytes, more than the {Plans.MaxBytes} it may have";
            return new PlansFile.Invalid(
                [new("the file", tooBig, "Check that this is the list of plans, and shorten it.")]);
        }

        var text = PlansText.WithoutMark(json);
        if (PlansText.FirstError(text) is { } error)
        {
            return new PlansFile.Invalid([error]);
        }

        var parser = new PlansParser();
        var (plans, pastDue) = parser.ReadFile(JsonElement.Parse(text));
        return parser._errors.All is [_, ..] errors
            ? new PlansFile.Invalid(errors)
            : new PlansFile.Valid(new(plans, pastDue));
    }

    private (List<Plan> Plans, PastDuePolicy PastDue) ReadFile(JsonElement file)
    {
        if (!_errors.Expect(JsonValueKind.Object, file, "the file", """Begin with {"plans":[…]}."""))
        {
            return default;
        }

        var members = _errors.Members(file, "", FileKeys);
        return (
            ReadPlans(members.TryGetValue("plans", out var plans) ? plans : null),
            members.TryGetValue("policies", out var policies) ? ReadPolicies(policies) : PastDuePolicy.Keep);
    }

    private List<Plan> ReadPlans(JsonElement? list)
    {
        const string Remedy = """List what you sell: "plans":[{"id":"pro",…}].""";
        if (list is not { } plans)
        {
            _errors.Add("plans", "is missing", Remedy);
            return [];
        }

        if (!_errors.Expect(JsonValueKind.Array, plans, "plans", Remedy))
        {
            return [];
        }

        if (plans.GetArrayLength() is 0)
        {
            _errors.Add("plans", "is empty, so nothing could ever be granted", "List at least one plan.");
        }

        return [.. plans.EnumerateArray().Select((plan, at) => ReadPlan(plan, $"plans[{at}]")).OfType<Plan>()];
    }

    private Plan? ReadPlan(JsonElement plan, string path)
    {
        if (!_errors.Expect(JsonValueKind.Object, plan, path, """Write {"id":"pro",…}."""))
        {
            return null;
        }

        var members = _errors.Members(plan, path, PlanKeys);
        var id = ReadId(members, path);
        var name = members.TryGetValue("name", out var named) ? ReadName(named, $"{path}.name") : null;
        var (prices, products, lookupKeys) = _ways.Read(members, path, id);
        return new()
        {
            Id = id ?? "",
            Name = name,
            Prices = prices,
            Products = products,
            LookupKeys = lookupKeys,
            Features = members.TryGetValue("features", out var features)
                ? _features.Read(features, $"{path}.features")
                : [],
        };
    }

    private string? ReadId(Dictionary<string, JsonElement> members, string plan)
    {
        if (!members.TryGetValue("id", out var value))
        {
            _errors.Add($"{plan}.id", "is missing", """Give the plan an id, such as "pro".""");
            return null;
        }

        if (_errors.Id(value, $"{plan}.id") is not { } id)
        {
            return null;
        }

        if (!_pathById.TryAdd(id, plan))
        {
            _errors.Add($"{plan}.id", $"{Wording.Quote(id)} is already the id of {_pathById[id]}",
                "Give each plan its own id.");
        }

        return id;
    }

    private string? ReadName(JsonElement value, string path)
    {
        const string Remedy = "Name the plan as people know it, or leave this out.";
        if (!_errors.Expect(JsonValueKind.String, value, path, Remedy))
        {
            return null;
        }

        var name = value.GetString();
        if (string.IsNullOrWhiteSpace(name))
        {
            _errors.Add(path, "is blank", Remedy);
        }

        return name;
    }

    private PastDuePolicy ReadPolicies(JsonElement policies)
    {
        if (!_errors.Expect(JsonValueKind.Object, policies, "policies", """Write {"past_due":"keep"}.""") ||
            !_errors.Members(policies, "policies", PolicyKeys).TryGetValue("past_due", out var pastDue))
        {
            return PastDuePolicy.Keep;
        }

        switch (pastDue.ValueKind is JsonValueKind.String ? pastDue.GetString() : null)
        {
            case "keep":
                return PastDuePolicy.Keep;
            case "revoke":
                return PastDuePolicy.Revoke;
            default:
                _errors.Add("policies.past_due", $"{PlansErrors.Found(pastDue)} is not a policy",
                    """Write "keep" to go on granting while Stripe retries the payment, "revoke" to stop at once.""");
                return PastDuePolicy.Keep;
        }
    }
}
