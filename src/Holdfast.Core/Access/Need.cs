using Holdfast.Mirror;

namespace Holdfast.Access;

/// <summary>One thing that access needs to know of a subscription or a purchase, and what the mirror says of it.</summary>
/// <param name="Name"><see cref="LineItems"/>, or a metadata key as in <c>metadata.tier</c>.</param>
internal abstract record Need(string Name)
{
    /// <summary>What a checkout sold.</summary>
    public const string LineItems = "line_items";

    private const string MetadataPrefix = "metadata.";

    public static string OfMetadata(string key) => $"{MetadataPrefix}{key}";

    /// <summary>What it is, to people.</summary>
    public string Title => Name.StartsWith(MetadataPrefix, StringComparison.Ordinal)
        ? $"the metadata key {Wording.Quote(Name[MetadataPrefix.Length..])}"
        : "its line items";

    /// <summary>How the sentence "… waits for" ends; null when it is known.</summary>
    public string? WaitsFor => this switch
    {
        Missing => Title,
        Disputed(_, [var only]) => $"the metadata of {only} and its line items to agree on what was sold",
        Disputed(_, var sources) => $"{string.Join(" and ", sources)} to agree on {Title}",
        _ => null,
    };

    /// <param name="Source">The object that says it.</param>
    /// <param name="Cause">What that was learned from.</param>
    public sealed record Met(string Name, ObjectKey Source, string Cause) : Need(Name);

    /// <param name="LookedAt">The objects that do not say it, in the order of looking.</param>
    /// <param name="NotHeld">Those that may say it and that the mirror does not have.</param>
    public sealed record Missing(string Name, IReadOnlyList<ObjectKey> LookedAt, IReadOnlyList<ObjectKey> NotHeld) : Need(Name);

    /// <param name="Sources">They contradict one another, and nothing tells who is right.</param>
    public sealed record Disputed(string Name, IReadOnlyList<ObjectKey> Sources) : Need(Name);
}
