namespace Holdfast.Ingest;

/// <summary>A delivery that was turned away, and what can be told of it without its content.</summary>
internal sealed record Refusal
{
    /// <summary>Its row; zero until it is kept.</summary>
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Endpoint { get; init; }

    public required RefusalCause Cause { get; init; }

    public required string Correlation { get; init; }

    public required string? RemoteAddress { get; init; }

    /// <summary>What the request looked like, as a JSON object: lengths, counts and times, no values.</summary>
    public required string Facts { get; init; }
}

internal static class RefusalCauseNames
{
    extension(RefusalCause cause)
    {
        /// <summary>The word in the database and in the API.</summary>
        public string Name => cause switch
        {
            RefusalCause.NoHeader => "no_header",
            RefusalCause.MalformedHeader => "malformed_header",
            RefusalCause.BadSignature => "bad_signature",
            RefusalCause.TooOld => "too_old",
            RefusalCause.ClockAhead => "clock_ahead",
            RefusalCause.UnknownEndpoint => "unknown_endpoint",
            RefusalCause.WrongMode => "wrong_mode",
            RefusalCause.WrongAccount => "wrong_account",
            RefusalCause.MalformedBody => "malformed_body",
            RefusalCause.TooLarge => "too_large",
            RefusalCause.EncodedBody => "encoded_body",
            RefusalCause.BrokenBody => "broken_body",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    extension(RefusalCause)
    {
        public static RefusalCause Parse(string name) => TryParse(name)
            ?? throw new ArgumentException($"\"{name}\" is no cause of a refusal.", nameof(name));

        public static RefusalCause? TryParse(string? name) => Enum.GetValues<RefusalCause>()
            .Where(cause => cause.Name == name)
            .Select(cause => (RefusalCause?)cause)
            .FirstOrDefault();
    }
}
