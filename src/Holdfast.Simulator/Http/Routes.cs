namespace Holdfast.Simulator.Http;

/// <summary>Which handler answers which method and path.</summary>
internal sealed class Routes
{
    private readonly List<(string Method, string[] Steps, Func<Call, Answer> Handler)> _routes = [];
    private readonly HashSet<Func<Call, Answer>> _forBrowsers = [];

    public void Add(string method, string path, Func<Call, Answer> handler) => _routes.Add((method, Split(path), handler));

    /// <summary>This handler may be reached with a publishable key, too.</summary>
    public void Open(Func<Call, Answer> handler) => _forBrowsers.Add(handler);

    public bool IsOpen(Func<Call, Answer> handler) => _forBrowsers.Contains(handler);

    /// <returns>Null when nothing answers there. A fixed step goes before a named one: <c>/search</c> is no id.</returns>
    public (Func<Call, Answer> Handler, IReadOnlyDictionary<string, string> Values)? Find(string method, string path)
    {
        var steps = Split(path);
        var found = _routes
            .Where(route => route.Method == method && Fits(route.Steps, steps))
            .OrderBy(route => route.Steps.Count(IsNamed))
            .FirstOrDefault();
        return found.Handler is null ? null : (found.Handler, Values(found.Steps, steps));
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsNamed(string step) => step[0] is '{';

    private static bool Fits(string[] route, string[] steps)
    {
        if (route.Length != steps.Length)
        {
            return false;
        }

        for (var i = 0; i < route.Length; i++)
        {
            if (!IsNamed(route[i]) && route[i] != steps[i])
            {
                return false;
            }
        }

        return true;
    }

    private static Dictionary<string, string> Values(string[] route, string[] steps) => route
        .Zip(steps)
        .Where(pair => IsNamed(pair.First))
        .ToDictionary(pair => pair.First.Trim('{', '}'), pair => Uri.UnescapeDataString(pair.Second));
}
