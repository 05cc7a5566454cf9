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
        foreach (var payer in await accounts.UntiedAsync(session, [.. payers.Where(payer => !named.Contains(payer))]))
        {
            named.Add(payer);
        }

        var moving = new List<(Payer Payer, Account? Current, string? Reference)>();
        foreach (var payer in named.Order())
        {
            var current = await accounts.ByPayerAsync(session, payer);
            var reference = await accounts.ReferenceOfAsync(session, payer, options.ReferenceMetadataKey);
            if (current is null || current.Reference != reference)
            {
                moving.Add((payer, current, reference));
            }
        }

        string[] references = [.. moving.SelectMany(one => new[] { one.Current?.Reference, one.Reference }).OfType<string>()];
        await session.LockAsync(LockSpace.References, references);
        foreach (var (payer, current, reference) in moving)
        {
            await MoveAsync(session, payer, current, reference);
        }
    }

    private async Task MoveAsync(Session session, Payer payer, Account? current, string? reference)
    {
        var account = await TargetAsync(session, payer, current, reference);
        await accounts.TieAsync(session, payer, account);
        if (current is not null && current.Id != account)
        {
            await accounts.DropIfEmptyAsync(session, current.Id);
        }
    }

    private async Task<AccountId> TargetAsync(Session session, Payer payer, Account? current, string? reference)
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

        if (current is not { Reference: null })
        {
            return await accounts.AddAsync(session, payer, reference, now);
        }

        // An account without a reference has this one payer only: it becomes the account of that reference.
        await accounts.SetReferenceAsync(session, current.Id, reference);
        return current.Id;
    }

    private static Payer? PayerOf(ObjectKey key, string? customer) =>
        customer is null ? null : new Payer(key.StripeAccount, key.Livemode, customer);

    private static bool NamesAReference(ObjectKey key) => key.Type is "customer" or "checkout.session" or "subscription";
}
