using Holdfast.Mirror;
using Holdfast.Storage;

namespace Holdfast.Access;

/// <summary>
/// Ties everyone who pays to one account. Who belongs together is concluded from the mirror as it stands, never from
/// the order in which things arrived.
/// </summary>
internal sealed class AccountBinder(AccountStore accounts, AccessOptions options, TimeProvider clock)
{
    /// <summary>Runs in the transaction that moved the mirror, after it was written.</summary>
    /// <param name="before">The rows as they were: one whose object went over to another payer is looked at again.</param>
    public async Task BindAsync(
        Session session, IReadOnlyList<Observation> seen, IEnumerable<MirroredObject> before)
    {
        Payer[] payers = [.. seen.Select(one => PayerOf(one.Key, one.Customer)).OfType<Payer>().Distinct().Order()];
        var named = seen.Select(one => (one.Key, one.Customer))
            .Concat(before.Select(held => (held.Key, held.Customer)))
            .Where(row => NamesAReference(row.Key))
            .Select(row => PayerOf(row.Key, row.Customer))
            .OfType<Payer>()
            .ToHashSet();
        // From here on nobody else binds these, and what others have said of them is committed and can be seen.
        await session.LockAsync(LockSpace.Payers, [.. payers.Concat(named).Distinct().Select(payer => payer.Name)]);
        var held = await accounts.ByPayersAsync(session, [.. payers.Concat(named).Distinct().Order()]);
        named.UnionWith(payers.Where(payer => !held.ContainsKey(payer)));
        var references = await accounts.ReferencesAsync(session, [.. named.Order()], options.ReferenceMetadataKey);
        Move[] moves =
        [
            .. named.Order()
                .Select(payer => new Move(payer, held.GetValueOrDefault(payer), references.GetValueOrDefault(payer)))
                .Where(move => move.Current is null || move.Current.Reference != move.Reference),
        ];
        await session.LockAsync(
            LockSpace.References,
            [.. moves.SelectMany(move => new[] { move.Current?.Reference, move.Reference }).OfType<string>()]);
        foreach (var (payer, current, reference) in moves)
        {
            if (current is not null)
            {
                await MoveAsync(session, payer, current, reference);
            }
        }

        // Last, so that they find the references that the others' accounts have been given.
        var newcomers = moves.Where(move => move.Current is null).ToDictionary(move => move.Payer, move => move.Reference);
        await accounts.AdmitAsync(session, newcomers, clock.GetUtcNow());
    }

    private async Task MoveAsync(Session session, Payer payer, Account current, string? reference)
    {
        var account = await TargetAsync(session, payer, current, reference);
        await accounts.TieAsync(session, [(payer, account)]);
        if (current.Id != account)
        {
            await accounts.DropIfEmptyAsync(session, current.Id);
        }
    }

    private async Task<AccountId> TargetAsync(Session session, Payer payer, Account current, string? reference)
    {
        var now = clock.GetUtcNow();
        if (reference is null)
        {
            return await accounts.AddAsync(session, payer, reference: null, now);
        }

        if (await accounts.ByReferenceAsync(session, payer.StripeAccount, payer.Livemode, reference) is { } existing)
        {
            return existing.Id;
        }

        if (current.Reference is not null)
        {
            return await accounts.AddAsync(session, payer, reference, now);
        }

        // An account without a reference has this one payer only: it becomes the account of that reference.
        await accounts.SetReferenceAsync(session, current.Id, reference);
        return current.Id;
    }

    /// <param name="Current">The account the payer is tied to; null for a new payer.</param>
    /// <param name="Reference">What the mirror calls the payer now.</param>
    private sealed record Move(Payer Payer, Account? Current, string? Reference);

    private static Payer? PayerOf(ObjectKey key, string? customer) =>
        customer is null ? null : new Payer(key.StripeAccount, key.Livemode, customer);

    private static bool NamesAReference(ObjectKey key) => key.Type is "customer" or "checkout.session" or "subscription";
}
