using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Holdfast.Storage;

/// <summary>A list of texts as a JSON array, which is how SQLite takes a list as one parameter.</summary>
internal static class JsonTexts
{
    public static string Array(IEnumerable<string> texts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
