namespace Holdfast.Storage;

/// <summary>The SQL files, which travel inside the assembly.</summary>
internal static class EmbeddedText
{
    public static IEnumerable<string> Names => typeof(EmbeddedText).Assembly.GetManifestResourceNames();

    public static string Read(string name)
    {
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no file {name} in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
