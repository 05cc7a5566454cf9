using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>An object lacks what every API version has had, so nothing may be concluded from it.</summary>
public sealed class UnreadableObjectException(string message) : Exception(message)
{
    internal static UnreadableObjectException Lacks(JsonElement body, string kind, string field) =>
        new($"The {body.Text("object") ?? "object"} {body.Text("id") ?? "(no id)"} has no {kind} in \"{field}\", which "
            + "it has in every API version, so nothing is read from it. Fetch it from Stripe and compare.");
}

internal static class RequiredFields
{
    extension(JsonElement body)
    {
        /// <summary>A text that must be there, or <see cref="UnreadableObjectException"/>.</summary>
        public string Required(string field) =>
            body.Text(field) ?? throw UnreadableObjectException.Lacks(body, "text", field);

        /// <summary>An integer that must be there, or <see cref="UnreadableObjectException"/>.</summary>
        public long RequiredNumber(string field) =>
            body.Number(field) ?? throw UnreadableObjectException.Lacks(body, "integer", field);

        /// <summary>The id of another object that must be there, or <see cref="UnreadableObjectException"/>.</summary>
        public string RequiredId(string field) =>
            body.Id(field) ?? throw UnreadableObjectException.Lacks(body, "id", field);
    }
}
