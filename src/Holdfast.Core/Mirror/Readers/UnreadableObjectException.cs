using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>An object lacks what every API version has had, so nothing may be concluded from it.</summary>
public sealed class UnreadableObjectException(string message) : Exception(message)
{
    internal static UnreadableObjectException Lacks(JsonElement body, string field) =>
        new($"The {body.Text("object") ?? "object"} {body.Text("id") ?? "(no id)"} has no \"{field}\".");
}

internal static class RequiredFields
{
    extension(JsonElement body)
    {
        /// <summary>A text that must be there, or <see cref="UnreadableObjectException"/>.</summary>
        public string Required(string field) => body.Text(field) ?? throw UnreadableObjectException.Lacks(body, field);
    }
}
