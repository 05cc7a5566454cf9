using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Versions;

/// <summary>What <c>expand[]</c> asks for, as a tree: <c>latest_invoice.payments</c> is a branch with a leaf.</summary>
internal sealed class Expansion
{
    /// <summary>Stripe's own limit of levels.</summary>
    private const int MaxDepth = 4;

    private readonly Dictionary<string, Expansion> _branches = [];

    public static Expansion None { get; } = new();

    public IReadOnlyDictionary<string, Expansion> Branches => _branches;

    public static Expansion Of(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            return None;
        }

        var root = new Expansion();
        foreach (var path in paths)
        {
            var names = path.Split('.');
            // "data" of a list is not a level of its own.
            if (names.Count(name => name is not "data") > MaxDepth)
            {
                throw ApiError.Invalid("expand", $"You cannot expand more than {MaxDepth} levels of a property: {path}.");
            }

            var at = root;
            foreach (var name in names)
            {
                if (!at._branches.TryGetValue(name, out var next))
                {
                    at._branches[name] = next = new Expansion();
                }

                at = next;
            }
        }

        return root;
    }
}
