using Holdfast.Storage;

namespace Holdfast.Tokens;

internal sealed class TokenStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Tokens/TokenStore", database.Engine);

    /// <returns>The token of this hash, unless it is revoked.</returns>
    public Task<Token?> FindAsync(Session session, byte[] hash) =>
        session.FirstAsync(_sql["Find"], Read, [("hash", hash)]);

    public Task<List<Token>> ListAsync(Session session) => session.QueryAsync(_sql["List"], Read);

    public Task<long> AddAsync(Session session, string name, Role role, byte[] hash, DateTimeOffset now) =>
        session.NumberAsync(
            _sql["Add"],
            ("name", name),
            ("role", NameOf(role)),
            ("hash", hash),
            ("created_at", now));

    /// <returns>False when there is no such token, or it is revoked already.</returns>
    public async Task<bool> RevokeAsync(Session session, long id, DateTimeOffset now) =>
        await session.ExecuteAsync(_sql["Revoke"], ("id", id), ("revoked_at", now)) is 1;

    public static string NameOf(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Support => "support",
        Role.Operator => "operator",
        Role.Admin => "admin",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static Role? RoleOf(string? name) =>
        Enum.GetValues<Role>().Where(role => NameOf(role) == name).Select(role => (Role?)role).FirstOrDefault();

    private static Token Read(Row row) => new()
    {
        Id = row.Number(0),
        Name = row.Text(1),
        Role = RoleOf(row.Text(2))!.Value,
        CreatedAt = row.Moment(3),
        RevokedAt = row.MomentOrNull(4),
    };
}
