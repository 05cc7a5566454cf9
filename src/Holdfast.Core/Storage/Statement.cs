namespace Holdfast.Storage;

/// <summary>One named statement of a <c>.sql</c> file. Each session prepares it once and keeps it.</summary>
internal sealed record Statement(string Name, string Sql);
