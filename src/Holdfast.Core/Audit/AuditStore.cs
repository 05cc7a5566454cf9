using Holdfast.Storage;

namespace Holdfast.Audit;

/// <summary>What a person or a script did: who, what, to which, why. Append-only, in the transaction that did it.</summary>
internal sealed class AuditStore(Database database, TimeProvider clock)
{
    private readonly Statements _sql = Statements.Of("Audit/AuditStore", database.Engine);

    /// <param name="actor">The name of the token that was used.</param>
    public Task AddAsync(Session session, string actor, string action, string subject, string? why) =>
        session.ExecuteAsync(
            _sql["Add"],
            ("at", clock.GetUtcNow()),
            ("actor", actor),
            ("action", action),
            ("subject", subject),
            ("why", why));
}
