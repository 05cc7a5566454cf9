using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Holdfast.AspNetCore.Api;

/// <summary>Every body of the API, written without reflection.</summary>
[JsonSerializable(typeof(Page<EventItem>))]
[JsonSerializable(typeof(EventDetail))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(RehearsalAnswer))]
[JsonSerializable(typeof(Page<DeadLetterItem>))]
[JsonSerializable(typeof(DeadLetterDetail))]
[JsonSerializable(typeof(Page<DeadLetterGroupItem>))]
[JsonSerializable(typeof(ReplayManyRequest))]
[JsonSerializable(typeof(ReplayManyAnswer))]
[JsonSerializable(typeof(DismissRequest))]
[JsonSerializable(typeof(ObjectItem))]
[JsonSerializable(typeof(AccountItem))]
[JsonSerializable(typeof(Page<GrantItem>))]
[JsonSerializable(typeof(AccessItem))]
[JsonSerializable(typeof(RefusalPage))]
[JsonSerializable(typeof(Page<CallItem>))]
[JsonSerializable(typeof(StatsItem))]
[JsonSerializable(typeof(Page<AlertItem>))]
[JsonSerializable(typeof(Page<FindingItem>))]
[JsonSerializable(typeof(Page<NodeItem>))]
[JsonSerializable(typeof(Page<TokenItem>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewTokenItem))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>
    /// Our types in snake_case, strictly read, whatever the application around us has chosen for its own.
    /// </summary>
    public static IJsonTypeInfoResolver Resolver() => new ApiJson().WithAddedModifier(Rename);

    private static void Rename(JsonTypeInfo type)
    {
        if (type.Kind is not JsonTypeInfoKind.Object || type.Type.Namespace != typeof(ApiJson).Namespace)
        {
            return;
        }

        type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        foreach (var property in type.Properties)
        {
            property.Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        }
    }
}
