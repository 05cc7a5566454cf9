using System.Text;
using System.Text.Json;
using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

public sealed class SignatureVectorTests
{
    private static readonly JsonDocument Vectors = JsonDocument.Parse(
        typeof(SignatureVectorTests).Assembly.GetManifestResourceStream("signature-vectors.json")!);

    public static TheoryData<string> Names =>
        [.. Vectors.RootElement.GetProperty("cases").EnumerateArray().Select(vector => Text(vector, "name"))];

    public static TheoryData<string, string> WrongDigests =>
        [.. Vectors.RootElement.GetProperty("wrong_digests").EnumerateObject()
            .Select(wrong => (wrong.Name, wrong.Value.GetString()!))];

    [Fact]
    public void All_known_deliveries_are_here() => Assert.Equal(22, Names.Count);

    [Theory, MemberData(nameof(Names))]
    public void Each_known_delivery_ends_as_it_must(string name)
    {
        var vector = Vectors.RootElement.GetProperty("cases").EnumerateArray().Single(it => Text(it, "name") == name);
        var hasOwnPayload = vector.TryGetProperty("payload", out _);
        var body = Encoding.UTF8.GetBytes(Text(hasOwnPayload ? vector : Vectors.RootElement, "payload"));

        var signature = new SignedDelivery
        {
            Body = body,
            Headers = [Text(vector, "header")],
            Secrets = [Text(vector, "secret")],
            Now = DateTimeOffset.FromUnixTimeSeconds(vector.GetProperty("now").GetInt64()),
        }.Verify();

        Assert.Equal(Text(vector, "signature"), signature.GetType().Name);
        if (signature is SignatureCheck.Valid)
        {
            Assert.Equal(Text(vector, "envelope"), Envelope.Read(body).GetType().Name);
        }
    }

    [Theory, MemberData(nameof(WrongDigests))]
    public void What_a_wrong_program_would_compute_matches_nothing(string mistake, string digest)
    {
        var delivery = new SignedDelivery { Body = Encoding.UTF8.GetBytes(Text(Vectors.RootElement, "payload")) };

        Assert.True(delivery.Verify($"t={SignedDelivery.Time},v1={digest}") is SignatureCheck.Mismatch, mistake);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
