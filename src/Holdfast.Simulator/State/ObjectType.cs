using System.Text.Json.Nodes;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.State;

/// <summary>One of Stripe's object types: its names, what a new one looks like, what older versions show of it.</summary>
internal sealed class ObjectType
{
    private readonly JsonObject _template;

    /// <param name="name">Stripe's <c>object</c>, such as <c>checkout.session</c>.</param>
    /// <param name="prefix">Of its ids, without the underscore.</param>
    /// <param name="template">Every field that is always shown, as of a new object, in the newest shape.</param>
    public ObjectType(string name, string prefix, string template)
    {
        Name = name;
        Prefix = prefix;
        _template = (JsonObject)(JsonNode.Parse(template) ?? throw new ArgumentException("Not an object.", nameof(template)));
    }

    public string Name { get; }

    public string Prefix { get; }

    /// <summary>Fields that are shown only when asked for by <c>expand[]</c>, and computed then.</summary>
    public IReadOnlyDictionary<string, Func<World, JsonObject, JsonNode?>> Includable { get; init; } =
        new Dictionary<string, Func<World, JsonObject, JsonNode?>>();

    /// <summary>How this type looked before a version, newest change first.</summary>
    public IReadOnlyList<Shape> Shapes { get; init; } = [];

    /// <summary>The word for it in errors: "No such customer".</summary>
    public string Spoken => Name.Replace('_', ' ').Replace("checkout.session", "checkout session", StringComparison.Ordinal);

    public JsonObject NewBody() => (JsonObject)_template.DeepClone();
}
