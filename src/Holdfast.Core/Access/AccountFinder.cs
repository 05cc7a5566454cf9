using Holdfast.Storage;

namespace Holdfast.Access;

/// <summary>Whom a caller means by an id of any kind.</summary>
internal abstract record FoundAccount
{
    private FoundAccount()
    {
    }

    public sealed record One(Account Account) : FoundAccount;

    public sealed record None : FoundAccount;

    /// <summary>An e-mail address that several accounts have: it does not tell who is meant.</summary>
    public sealed record Several(IReadOnlyList<AccountId> Ids) : FoundAccount;
}

/// <summary>
/// Finds an account by its own id (<c>hfa_…</c>), a Stripe customer (<c>cus_…</c>), the application's id, or an e-mail
/// address, in this order: an application's id can be chosen by a stranger and must not pass for the others.
/// </summary>
internal sealed class AccountFinder(AccountStore accounts)
{
    public async Task<FoundAccount> FindAsync(Session session, string stripeAccount, bool livemode, string key)
    {
        if (AccountId.Parse(key) is { } id
            && await accounts.ByIdAsync(session, id) is { } byId
            && byId.Livemode == livemode && byId.StripeAccount == stripeAccount)
        {
            return new FoundAccount.One(byId);
        }

        var found = await accounts.ByPayerAsync(session, new(stripeAccount, livemode, key))
            ?? await accounts.ByReferenceAsync(session, stripeAccount, livemode, key);
        if (found is not null)
        {
            return new FoundAccount.One(found);
        }

        var byEmail = key.Contains('@', StringComparison.Ordinal)
            ? await accounts.ByEmailAsync(session, stripeAccount, livemode, key)
            : [];
        return byEmail switch
        {
            [] => new FoundAccount.None(),
            [var only] => new FoundAccount.One(only),
            _ => new FoundAccount.Several([.. byEmail.Select(account => account.Id)]),
        };
    }
}
