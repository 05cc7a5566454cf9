namespace Holdfast.Mirror;

/// <summary>How it was learned what an object looked like.</summary>
internal enum Source
{
    /// <summary>An event told it.</summary>
    Event,

    /// <summary>Stripe was asked.</summary>
    Fetch,
}

internal static class SourceNames
{
    extension(Source source)
    {
        /// <summary>The word in the database and in the API.</summary>
        public string Name => source switch
        {
            Source.Event => "event",
            Source.Fetch => "fetch",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    extension(Source)
    {
        public static Source Parse(string name) => name is "fetch" ? Source.Fetch : Source.Event;
    }
}
