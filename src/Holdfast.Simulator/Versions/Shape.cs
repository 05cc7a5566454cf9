using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Versions;

/// <summary>
/// A change of shape that came with a version: turns what that version shows back into what stood before it.
/// </summary>
/// <param name="Since">The first version that shows the new shape; older ones get what <paramref name="Undo"/> makes.</param>
/// <param name="Undo">
/// Changes the body it is given, whose children are still in their newest form. An event may be shown long after it
/// happened: what can change since is not looked up in the world but kept in the body, under a name with an underscore
/// before it, which is never shown.
/// </param>
internal sealed record Shape(ApiVersion Since, Action<World, JsonObject> Undo);
