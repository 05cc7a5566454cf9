using System.Text.Json;

namespace Holdfast.Server.Client;

/// <summary>What the API answered.</summary>
/// <param name="Body">Exactly as it came; empty when there was nothing to say.</param>
/// <param name="Root">The same, read; undefined when empty.</param>
internal sealed record ApiAnswer(byte[] Body, JsonElement Root)
{
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static ApiAnswer Read(byte[] body)
    {
        if (body.Length is 0)
        {
            return new(body, default);
        }

        using var document = JsonDocument.Parse(body);
        return new(body, document.RootElement.Clone());
    }
}
