namespace Holdfast.Testing;

/// <summary>What a server of the tests may have otherwise than usual.</summary>
internal sealed record PostgresOptions
{
    /// <summary>Where its directory is made; anybody must be able to write there. In memory unless told otherwise.</summary>
    public string Root { get; init; } = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    /// <summary>Where its log of changes is kept, when not in its directory: a place that is gone after the test.</summary>
    public string? LogRoot { get; init; }

    /// <summary>It takes connections only over TLS, with a certificate that it signed itself.</summary>
    public bool Tls { get; init; }

    /// <summary>Settings as in <c>postgresql.conf</c>, for as long as the server exists.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];
}
