namespace Holdfast.Ingest;

/// <summary>Whether a body is an event that can be kept.</summary>
internal abstract record EnvelopeCheck
{
    private EnvelopeCheck() { }

    /// <summary>An event, of whatever type.</summary>
    public sealed record Sound(Envelope Envelope) : EnvelopeCheck;

    /// <summary>No event, or one that could be understood in two ways.</summary>
    /// <param name="Reason">A sentence that names the rule and the place, and quotes nothing from the body.</param>
    public sealed record Malformed(string Reason) : EnvelopeCheck;
}
