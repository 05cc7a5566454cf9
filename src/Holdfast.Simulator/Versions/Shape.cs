using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Versions;

/// <summary>A change of shape that came with a version: turns what that version shows back into what stood before it.</summary>
/// <param name="Since">The first version that shows the new shape; older ones get what <paramref name="Undo"/> makes.</param>
/// <param name="Undo">Changes the body it is given; may look things up in the world.</param>
internal sealed record Shape(ApiVersion Since, Action<World, JsonObject> Undo);
