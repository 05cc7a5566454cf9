using System.Globalization;
using System.Text;

namespace Holdfast.Tests.Ingest;

/// <summary>The body of an event in few words; by default one of a sandbox about a customer.</summary>
internal sealed record EventBody(string Id = "evt_1", string Type = "customer.updated")
{
    /// <summary>In seconds since 1970.</summary>
    public long Created { get; init; } = 1_772_366_400;

    public bool Livemode { get; init; }

    public string? Account { get; init; }

    public string ApiVersion { get; init; } = "2026-10-28.endive";

    public int PendingWebhooks { get; init; } = 1;

    /// <summary>JSON.</summary>
    public string Object { get; init; } = """{"id":"cus_1","object":"customer"}""";

    public static implicit operator string(EventBody body) => body.ToString();

    public byte[] Bytes => Encoding.UTF8.GetBytes(ToString());

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        {"id":"{{{Id}}}","object":"event",{{{(Account is null ? "" : $"\"account\":\"{Account}\",")}}}
        "api_version":"{{{ApiVersion}}}","created":{{{Created}}},"livemode":{{{(Livemode ? "true" : "false")}}},
        "pending_webhooks":{{{PendingWebhooks}}},"request":{"id":null,"idempotency_key":null},"type":"{{{Type}}}",
        "data":{"object":{{{Object}}} } }
        """);
}
