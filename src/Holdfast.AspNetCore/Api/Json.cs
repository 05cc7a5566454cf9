using System.Text.Json;

namespace Holdfast.AspNetCore.Api;

internal static class Json
{
    /// <summary>JSON that was stored, to be shown as it is.</summary>
    public static JsonElement Of(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
