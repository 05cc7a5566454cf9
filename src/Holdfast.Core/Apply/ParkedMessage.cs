using System.Text;
using System.Text.Json;
using Holdfast.Access;
using Holdfast.Mirror;

namespace Holdfast.Apply;

/// <summary>What people and programs are told of something that access waits for: ids and names of keys, never values.</summary>
internal sealed class ParkedMessage(ObjectKey about, Known known, DateTimeOffset deadline)
{
    public string Text(bool isOverdue) =>
        $"{(isOverdue ? "Overdue: " : "")}{about} grants nothing and waits for {known.Evidence.WaitsFor}. "
        + string.Join(' ', known.Needs.Select(Remedy).OfType<string>());

    public string Facts()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("object", about.ToString());
            json.WriteStartArray("needs");
            foreach (var need in known.Needs.Where(need => need.WaitsFor is not null))
            {
                Write(json, need);
            }

            json.WriteEndArray();
            json.WriteString("deadline_at", deadline);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Where it was found, for whoever reads later why the finding was closed.</summary>
    public static string Found(Known known) => string.Join(
        ' ', known.Needs.OfType<Need.Met>().Select(met => $"{met.Name} was found on {met.Source} ({met.Cause})."));

    private static string? Remedy(Need need) => need switch
    {
        Need.Missing { Name: Need.LineItems } =>
            "Stripe's events do not carry them: set STRIPE_SECRET_KEY, so that they can be asked for, or name what was sold in "
            + "the session's metadata (price, product or lookup_key, and quantity).",
        Need.Missing(_, var lookedAt, _) =>
            $"Set it in the metadata of one of these at Stripe: {string.Join(", ", lookedAt)}. It takes effect by itself.",
        Need.Disputed { Name: Need.LineItems } =>
            "Correct price, product, lookup_key and quantity in the session's metadata at Stripe, or take them out.",
        Need.Disputed => "Set it in the metadata of the object itself at Stripe: that decides.",
        _ => null,
    };

    private static void Write(Utf8JsonWriter json, Need need)
    {
        json.WriteStartObject();
        json.WriteString("need", need.Name);
        switch (need)
        {
            case Need.Missing(_, var lookedAt, var notHeld):
                Write(json, "looked_at", lookedAt);
                Write(json, "not_held", notHeld);
                break;
            case Need.Disputed(_, var sources):
                Write(json, "in_dispute", sources);
                break;
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<ObjectKey> keys)
    {
        json.WriteStartArray(name);
        foreach (var key in keys)
        {
            json.WriteStringValue(key.ToString());
        }

        json.WriteEndArray();
    }
}
