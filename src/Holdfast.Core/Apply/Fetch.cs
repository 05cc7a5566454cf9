using Holdfast.Mirror;
using Holdfast.Stripe;

namespace Holdfast.Apply;

/// <summary>Why Stripe is asked about an object.</summary>
internal enum FetchReason
{
    /// <summary>What is held was chosen by moments alone.</summary>
    Confirm,

    /// <summary>Objects of its type are fetched after each of their events.</summary>
    Always,

    /// <summary>What was told of it cannot be put in order.</summary>
    Doubt,

    /// <summary>An event names it, and does not say what it looks like.</summary>
    Thin,
}

internal static class FetchReasons
{
    extension(FetchReason why)
    {
        /// <summary>The word in the database.</summary>
        public string Name => why switch
        {
            FetchReason.Confirm => "confirm",
            FetchReason.Always => "always",
            FetchReason.Doubt => "doubt",
            FetchReason.Thin => "thin",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        /// <summary>It is asked soon; otherwise when the object has come to rest.</summary>
        public bool IsPressing => why >= FetchReason.Doubt;
    }
}

/// <summary>Somebody wants to know what an object looks like.</summary>
/// <param name="Url">Where it stands, if its type does not tell.</param>
/// <param name="Cause">The id of the event, or of the answer, that raised the question.</param>
/// <param name="ChangedAt">When it changed, by Stripe's clock.</param>
internal sealed record Want(
    ObjectKey Key, FetchReason Why, string? Url, string? ApiVersion, string Cause, DateTimeOffset ChangedAt)
{
    public bool IsPressing => Why.IsPressing;

    /// <summary>All that is wanted of one object, as one.</summary>
    public static Want Together(IEnumerable<Want> burst) => burst.Aggregate((one, other) => other with
    {
        Why = one.Why > other.Why ? one.Why : other.Why,
        Url = other.Url ?? one.Url,
        ApiVersion = other.ApiVersion ?? one.ApiVersion,
        ChangedAt = one.ChangedAt > other.ChangedAt ? one.ChangedAt : other.ChangedAt,
    });
}

/// <summary>What Stripe is asked about one object, from the first that wants to know until it is known.</summary>
internal sealed record Fetch
{
    /// <summary>The kind of its job.</summary>
    public const string JobKind = "fetch";

    /// <summary>Its row, and the subject of its job.</summary>
    public required long Id { get; init; }

    public required ObjectKey Key { get; init; }

    public required bool IsPressing { get; init; }

    public required string? Url { get; init; }

    /// <summary>In which the object is held, and is to be answered.</summary>
    public required string? ApiVersion { get; init; }

    /// <summary>The id of the last event that wanted to know.</summary>
    public required string Cause { get; init; }

    /// <summary>The newest change that is known, by Stripe's clock.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When the last one wanted to know.</summary>
    public required DateTimeOffset WantedAt { get; init; }

    /// <summary>How many have wanted to know.</summary>
    public required long Wanted { get; init; }

    /// <summary>How often Stripe has answered, since the last one wanted to know.</summary>
    public required long Looks { get; init; }

    /// <summary>How often Stripe could not be asked, since it last answered.</summary>
    public required long Waits { get; init; }

    public string? Path => ObjectPaths.Of(Key.Type, Key.Id) ?? Url;
}
