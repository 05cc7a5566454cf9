using System.Text;
using System.Text.Json;
using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

/// <summary>The reader against another one, System.Text.Json's document, over texts nobody thought of.</summary>
public sealed class EnvelopeFuzzTests
{
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    private static readonly string[] Names =
        ["id", "object", "type", "data", "a", "b", "\\u0061", "\\ud83d\\ude00", "😀", ""];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1.5e3", "1e400", "\"\"", "\"event\"",
        "\"\\ud800\"", "\"\\ude00\\ud83d\"", "\"\\n\\u0000é\"",
    ];

    // As Values, without those that are refused.
    private static readonly string[] Harmless =
        ["null", "false", "12", "2.5e-3", "\"text\"", "\"\\u00e9\\ud83d\\ude00\""];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_read_has_one_meaning_and_what_has_one_meaning_is_read(int seed)
    {
        var random = new Random(seed);
        var counts = new int[2];
        for (var turn = 0; turn < 10_000; turn++)
        {
            var json = Encoding.UTF8.GetBytes(Tree(random, Names, Values, depth: random.Next(5)));
            var damaged = Damage(json, random, edits: random.Next(3));

            var isRead = IsRead(damaged);
            Assert.True(isRead == HasOneMeaning(damaged), Encoding.UTF8.GetString(damaged));
            counts[isRead ? 1 : 0]++;
        }

        Assert.All(counts, count => Assert.True(count > 500, "The texts are too much alike to show anything."));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void An_event_with_anything_in_its_object_is_read_as_another_reader_would(int seed)
    {
        var random = new Random(seed);
        for (var turn = 0; turn < 2_000; turn++)
        {
            var body = Encoding.UTF8.GetBytes($$"""
                {"id":"evt_{{turn}}","object":"event","type":"some.type","created":{{random.Next()}},
                 "livemode":{{(random.Next(2) is 0 ? "true" : "false")}},
                 "data":{"object":{"more":{{Tree(random, ["x"], Harmless, depth: 4)}},"id":"in_{{random.Next()}}"} },
                 "more":{{Tree(random, ["id"], Harmless, depth: 4)}}}
                """);

            var envelope = Assert.IsType<EnvelopeCheck.Sound>(Envelope.Read(body)).Envelope;
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            Assert.Equal(root.GetProperty("id").GetString(), envelope.Id.ToString());
            Assert.Equal(root.GetProperty("created").GetInt64(), envelope.Created.ToUnixTimeSeconds());
            Assert.Equal(root.GetProperty("livemode").GetBoolean(), envelope.Livemode);
            var inside = root.GetProperty("data").GetProperty("object");
            Assert.Equal(inside.GetProperty("id").GetString(), envelope.ObjectId);
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void No_damaged_event_throws_and_what_is_accepted_is_an_event_to_others_too(int seed)
    {
        var right = """
            {"id":"evt_1","object":"event","account":"acct_1","api_version":"2026-10-28.endive","created":1767225600,
             "data":{"object":{"id":"in_1","object":"invoice","lines":[{"amount":1e2}]}},"livemode":false,
             "request":{"id":"req_1"},"type":"invoice.paid"}
            """u8.ToArray();
        var random = new Random(seed);
        var accepted = 0;
        for (var turn = 0; turn < 20_000; turn++)
        {
            var body = Damage(right, random, edits: random.Next(1, 4));
            if (Envelope.Read(body) is EnvelopeCheck.Sound(var envelope))
            {
                accepted++;
                using var document = JsonDocument.Parse(body, NoDuplicates);
                Assert.Equal(document.RootElement.GetProperty("id").GetString(), envelope.Id.ToString());
                Assert.Equal(document.RootElement.GetProperty("type").GetString(), envelope.Type);
            }
        }

        Assert.InRange(accepted, 500, 19_500);
    }

    [Theory]
    [InlineData(8)]
    public void No_random_bytes_are_accepted_and_none_throw(int seed)
    {
        var random = new Random(seed);
        for (var turn = 0; turn < 20_000; turn++)
        {
            var body = new byte[random.Next(300)];
            random.NextBytes(body);
            Assert.IsType<EnvelopeCheck.Malformed>(Envelope.Read(body));
        }
    }

    private static string Tree(Random random, string[] names, string[] values, int depth)
    {
        if (depth is 0 || random.Next(4) is 0)
        {
            return values[random.Next(values.Length)];
        }

        var items = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Tree(random, names, values, depth - 1));
        return random.Next(3) is 0
            ? $"[{string.Join(',', items)}]"
            : $"{{{string.Join(", ", items.Select((value, at) => $"\"{Name(at)}\":{value}"))}}}";

        // Where there is one name only, the members are numbered, so that no two are alike.
        string Name(int at) => names is [var only] ? $"{only}{at}" : names[random.Next(names.Length)];
    }

    private static byte[] Damage(byte[] json, Random random, int edits)
    {
        List<byte> bytes = [.. json];
        var signs = "{}[]\",:\\u0dD8e9-+.tf \n\0é"u8;
        for (; edits > 0 && bytes.Count > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, signs[random.Next(signs.Length)]);
                    break;
                case 2:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(12, bytes.Count - at))));
                    break;
            }
        }

        return [.. bytes];
    }

    private static bool IsRead(byte[] json)
    {
        using var reader = new StrictJsonReader(json);
        while (reader.Read())
        {
        }

        return reader.Problem is null;
    }

    private static bool HasOneMeaning(byte[] json)
    {
        try
        {
            // Text is decoded strictly first, as the document looks at its bytes only when asked.
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetCharCount(json);
            using var document = JsonDocument.Parse(json, NoDuplicates);
            return IsPlain(document.RootElement);
        }
        catch (Exception it) when (it is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return false;
        }
    }

    // GetString and Name throw at half a character.
    private static bool IsPlain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().All(member => member.Name is not null && IsPlain(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().All(IsPlain),
        JsonValueKind.String => json.GetString() is not null,
        JsonValueKind.Number => double.IsFinite(json.GetDouble()),
        _ => true,
    };
}
