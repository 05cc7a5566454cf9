using System.Text;

namespace Holdfast.Storage;

/// <summary>The statements of one store, read from the <c>.sql</c> file beside it that is written for one engine.</summary>
/// <remarks>A line <c>-- name: ClaimDue</c> begins a statement; it ends where the next one begins.</remarks>
internal sealed class Statements
{
    private const string Heading = "-- name:";
    private readonly Dictionary<string, Statement> _statements;

    /// <exception cref="InvalidOperationException">Two of them have one name.</exception>
    internal Statements(string file, string text) => _statements = Parse(file, text);

    public Statement this[string name] => _statements[name];

    public IReadOnlyCollection<string> Names => _statements.Keys;

    /// <param name="store">The path of the store without its ending, such as <c>Jobs/JobStore</c>.</param>
    /// <param name="engine">The engine's name as it stands in the file's name.</param>
    public static Statements Of(string store, string engine)
    {
        var file = $"{store}.{engine}.sql";
        return new(file, EmbeddedText.Read(file));
    }

    private static Dictionary<string, Statement> Parse(string file, string text)
    {
        var statements = new Dictionary<string, Statement>(StringComparer.Ordinal);
        string? name = null;
        var sql = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                Keep();
                name = line[Heading.Length..].Trim();
            }
            else
            {
                sql.Append(line).Append('\n');
            }
        }

        Keep();
        return statements;

        void Keep()
        {
            if (name is not null && !statements.TryAdd(name, new(name, sql.ToString().Trim())))
            {
                throw new InvalidOperationException($"{file} names {name} twice.");
            }

            sql.Clear();
        }
    }
}
