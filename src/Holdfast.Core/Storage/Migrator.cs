using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Storage;

/// <summary>Brings a schema up to this program's version: forward only, each step once, none ever edited.</summary>
internal sealed class Migrator(string engine, TimeProvider clock)
{
    private const string Folder = "Storage/Migrations/";

    private readonly Statements _sql = Statements.Of("Storage/Migrator", engine);

    private readonly IReadOnlyList<Migration> _known = [.. EmbeddedText.Names
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .Where(name => name.EndsWith($".{engine}.sql", StringComparison.Ordinal))
        .Select(Migration.Read)
        .OrderBy(migration => migration.Number)];

    /// <summary>Applies the first step that is missing, inside a transaction that the caller holds.</summary>
    /// <returns>Its name; null when none is missing.</returns>
    /// <exception cref="StoreRefusedException">The schema is newer than this program, or a step was edited.</exception>
    public async Task<string?> ApplyNextAsync(Connection connection, Session session)
    {
        await connection.RunAsync(_sql["Create"].Sql, session.Ct);
        var applied = await session.QueryAsync(_sql["All"], row => new Applied(row.Number(0), row.Text(1), row.Text(2)));
        foreach (var step in applied)
        {
            Compare(step);
        }

        if (_known.FirstOrDefault(known => applied.TrueForAll(step => step.Number != known.Number)) is not { } missing)
        {
            return null;
        }

        await connection.RunAsync(missing.Sql, session.Ct);
        await session.ExecuteAsync(
            _sql["Add"],
            ("number", missing.Number),
            ("name", missing.Name),
            ("checksum", missing.Checksum),
            ("applied_at", clock.GetUtcNow()));
        return missing.Name;
    }

    private void Compare(Applied step)
    {
        var known = _known.FirstOrDefault(migration => migration.Number == step.Number);
        if (known is null && Needs(step) is { } needed && _known.All(migration => migration.Number < needed))
        {
            throw new StoreRefusedException(
                $"The database has the schema step {step.Name}, which this version of Holdfast cannot work with: a newer "
                + "version has used it. Nothing was changed. Run that version, or restore a backup made before it.");
        }

        if (known is not null && known.Checksum != step.Checksum)
        {
            throw new StoreRefusedException(
                $"The schema step {step.Name} differs from the one applied to this database. Nothing was changed. "
                + "Run the version of Holdfast that the database was made with.");
        }
    }

    /// <summary>
    /// A step that only adds is harmless to a program that does not know it. One that takes away says in its name up to
    /// which step a program must have come to do without it, as <c>0009_drop_old_column_needs_0007</c> does.
    /// </summary>
    private static long? Needs(Applied step) =>
        step.Name.Split("_needs_") is [_, var needed] && long.TryParse(needed, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private sealed record Applied(long Number, string Name, string Checksum);

    private sealed record Migration(long Number, string Name, string Sql, string Checksum)
    {
        public static Migration Read(string resource)
        {
            var name = resource[Folder.Length..].Split('.')[0];
            var sql = EmbeddedText.Read(resource);
            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            return new(long.Parse(name.Split('_')[0], CultureInfo.InvariantCulture), name, sql, checksum);
        }
    }
}
