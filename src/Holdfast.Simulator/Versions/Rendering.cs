using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Versions;

/// <summary>Shows an object as a version of the API shows it, with what was asked to be expanded.</summary>
internal static class Rendering
{
    public static JsonObject Render(World world, JsonObject body, ApiVersion version, Expansion expand)
    {
        var shown = body.Copy();
        ShapeFor(world, shown, version);
        Expand(world, shown, body, version, expand, "");
        return shown;
    }

    /// <summary>A page of objects, whose expansions begin with <c>data</c>.</summary>
    public static JsonObject Render(World world, Page page, ApiVersion version, Expansion expand)
    {
        foreach (var asked in expand.Branches.Keys)
        {
            if (asked is not "data")
            {
                throw CannotExpand(asked);
            }
        }

        var each = expand.Branches.GetValueOrDefault("data") ?? Expansion.None;
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. page.Items.Select(item => Render(world, item, version, each))]),
            ["has_more"] = page.HasMore,
            ["url"] = page.Url,
        };
    }

    /// <summary>
    /// The object itself first, then what is inside it: a shape works on the newest form of the children, and what it moves
    /// or adds is shaped where it has come to stand. What a body bears for shapes alone goes last.
    /// </summary>
    private static void ShapeFor(World world, JsonObject body, ApiVersion version)
    {
        if (body.Text("object") is { } name && world.Catalog.TypeNamed(name) is { } type)
        {
            foreach (var shape in type.Shapes)
            {
                if (version < shape.Since)
                {
                    shape.Undo(world, body);
                }
            }
        }

        foreach (var (field, value) in body.ToArray())
        {
            if (field.StartsWith('_'))
            {
                body.Remove(field);
                continue;
            }

            switch (value)
            {
                case JsonObject inner when field is not "metadata":
                    ShapeFor(world, inner, version);
                    break;
                case JsonArray array:
                    foreach (var item in array.OfType<JsonObject>().ToArray())
                    {
                        ShapeFor(world, item, version);
                    }

                    break;
            }
        }
    }

    private static void Expand(
        World world, JsonObject shown, JsonObject body, ApiVersion version, Expansion expand, string above)
    {
        foreach (var (name, deeper) in expand.Branches)
        {
            var path = above.Length == 0 ? name : $"{above}.{name}";
            if (Included(world, shown, name) is { } include)
            {
                var value = include(world, body);
                shown[name] = value;
                if (value is JsonObject included)
                {
                    ShapeFor(world, included, version);
                }
            }
            else if (!shown.ContainsKey(name) || name is "id")
            {
                throw CannotExpand(path);
            }

            switch (shown[name])
            {
                case JsonValue value when value.TryGetValue<string>(out var id):
                    var found = world.Find(id) ?? throw CannotExpand(path);
                    shown[name] = Render(world, found.Body, version, deeper);
                    break;
                case JsonArray array:
                    ExpandEach(world, array, version, deeper, path);
                    break;
                case JsonObject inner when inner["object"]?.GetValue<string>() is "list" && inner["data"] is JsonArray data:
                    ExpandEach(world, data, version, deeper.Branches.GetValueOrDefault("data") ?? Expansion.None, path);
                    break;
                case JsonObject inner:
                    Expand(world, inner, inner, version, deeper, path);
                    break;
                case null:
                    break;
                default:
                    throw CannotExpand(path);
            }
        }
    }

    private static void ExpandEach(World world, JsonArray array, ApiVersion version, Expansion expand, string path)
    {
        for (var i = 0; i < array.Count; i++)
        {
            switch (array[i])
            {
                case JsonObject item:
                    Expand(world, item, item, version, expand, path);
                    break;
                case JsonValue value when value.TryGetValue<string>(out var id) && world.Find(id) is { } found:
                    array[i] = Render(world, found.Body, version, expand);
                    break;
            }
        }
    }

    private static Func<World, JsonObject, JsonNode?>? Included(World world, JsonObject shown, string name) =>
        shown.Text("object") is { } type ? world.Catalog.TypeNamed(type)?.Includable.GetValueOrDefault(name) : null;

    private static ApiError CannotExpand(string path) => ApiError.Invalid(
        "expand", $"This property cannot be expanded ({path}). Either it does not exist here, or it holds no id.");
}
