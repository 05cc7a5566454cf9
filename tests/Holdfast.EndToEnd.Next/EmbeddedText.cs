namespace Holdfast.Storage;

/// <summary>The SQL files of two later versions: one has only added to the schema, the other has also taken away.</summary>
internal static class EmbeddedText
{
    private const string TakesAway = "_needs_";

    public static IEnumerable<string> Names => typeof(EmbeddedText).Assembly.GetManifestResourceNames()
        .Where(name => !name.Contains(TakesAway, StringComparison.Ordinal) || IsAfterNext);

    private static bool IsAfterNext => Environment.GetEnvironmentVariable("VERSION_AFTER_NEXT") is "yes";

    public static string Read(string name)
    {
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no file {name} in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
