namespace Holdfast.Access;

/// <summary>Who may use what. The section <c>Holdfast:Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>
    /// The metadata key under which the application puts its own id for a customer, on the customer, the checkout
    /// session or the subscription. A session's <c>client_reference_id</c> needs no key.
    /// </summary>
    public string ReferenceMetadataKey { get; set; } = "account_id";

    /// <summary>
    /// The metadata keys without which a subscription or a purchase grants nothing; none by default. docs/access.md says
    /// where they are looked for.
    /// </summary>
    public IList<string> RequiredMetadata { get; } = [];

    /// <summary>How long what access needs may be missing before that is called overdue.</summary>
    public TimeSpan MissingDeadline { get; set; } = TimeSpan.FromHours(1);
}
