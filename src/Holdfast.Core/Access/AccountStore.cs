using System.Globalization;
using Holdfast.Storage;

namespace Holdfast.Access;

public readonly record struct AccountId(long Value)
{
    // Unlikely to begin an application's own ids, which are looked up by the same route.
    private const string Prefix = "hfa_";

    public override string ToString() => $"{Prefix}{Value}";

    /// <returns>Null for whatever is not written exactly as an account's id is shown.</returns>
    public static AccountId? Parse(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && new AccountId(value) is var id && id.ToString() == text
            ? id
            : null;
}

/// <summary>One customer of the application, whoever pays.</summary>
/// <param name="StripeAccount">The connected account it belongs to; empty for our own.</param>
/// <param name="Reference">The application's own id for it, once one is known.</param>
internal sealed record Account(
    AccountId Id, string StripeAccount, bool Livemode, string? Reference, DateTimeOffset CreatedAt);

/// <summary>One who pays: a Stripe customer (<c>cus_…</c>), or a guest's checkout session (<c>cs_…</c>).</summary>
internal readonly record struct Payer(string StripeAccount, bool Livemode, string Customer) : IComparable<Payer>
{
    /// <summary>By which a lock on it is taken.</summary>
    public string Name => $"{Customer} {Livemode} {StripeAccount}";

    public int CompareTo(Payer other)
    {
        var order = string.CompareOrdinal(Customer, other.Customer);
        order = order is 0 ? Livemode.CompareTo(other.Livemode) : order;
        return order is 0 ? string.CompareOrdinal(StripeAccount, other.StripeAccount) : order;
    }
}

/// <summary>Accounts and the customers tied to them. Unique keys hold what the binder relies on.</summary>
internal sealed class AccountStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Access/AccountStore", database.Engine);

    public Task<Account?> ByIdAsync(Session session, AccountId id) =>
        session.FirstAsync(_sql["ById"], Read, [("id", id.Value)]);

    public async Task<Account?> ByReferenceAsync(Session session, string stripeAccount, bool livemode, string reference) =>
        (await session.QueryEachAsync(
            _sql["ByReference"],
            Read,
            [[("stripe_account", stripeAccount), ("livemode", livemode), ("reference", reference)]])).SingleOrDefault();

    public async Task<Account?> ByPayerAsync(Session session, Payer payer) =>
        (await ByPayersAsync(session, [payer])).GetValueOrDefault(payer);

    /// <returns>At most a handful: more than one means that the address does not tell who is meant.</returns>
    public Task<List<Account>> ByEmailAsync(Session session, string stripeAccount, bool livemode, string email) =>
        session.QueryAsync(
            _sql["ByEmail"], Read, ("email", email), ("livemode", livemode), ("stripe_account", stripeAccount));

    public Task<List<string>> CustomersAsync(Session session, AccountId id) =>
        session.QueryAsync(_sql["Customers"], row => row.Text(0), ("account", id.Value));

    public async Task<AccountId> AddAsync(Session session, Payer payer, string? reference, DateTimeOffset now) =>
        (await session.QueryEachAsync(_sql["Add"], Read, [NewAccount(payer, reference, now)]))[0].Id;

    public Task TieAsync(Session session, IEnumerable<(Payer Payer, AccountId Account)> ties) =>
        session.ExecuteEachAsync(
            _sql["Tie"],
            [.. ties.Select(tie => ((string, object?)[])[.. Values(tie.Payer), ("account", tie.Account.Value)])]);

    public Task SetReferenceAsync(Session session, AccountId account, string reference) =>
        session.ExecuteAsync(_sql["SetReference"], ("id", account.Value), ("reference", reference));

    public Task DropIfEmptyAsync(Session session, AccountId account) =>
        session.ExecuteAsync(_sql["DropIfEmpty"], ("id", account.Value));

    /// <summary>The accounts of those of them who have one.</summary>
    public async Task<Dictionary<Payer, Account>> ByPayersAsync(Session session, IReadOnlyList<Payer> payers) =>
        (await session.QueryEachAsync(
            _sql["ByPayer"],
            row => (Payer: new Payer(row.Text(1), row.Flag(2), row.Text(5)), Account: Read(row)),
            [.. payers.Select(Values)]))
            .ToDictionary(tied => tied.Payer, tied => tied.Account);

    /// <summary>The application's own ids for those who pay, as the mirror tells them now, where something names one.</summary>
    /// <param name="metadataKey">The metadata key under which the application puts its id.</param>
    public async Task<Dictionary<Payer, string>> ReferencesAsync(
        Session session, IReadOnlyList<Payer> payers, string metadataKey) =>
        (await session.QueryEachAsync(
            _sql["ReferenceOf"],
            row => (Payer: new Payer(row.Text(0), row.Flag(1), row.Text(2)), Reference: row.TextOrNull(3)),
            [.. payers.Select(payer => ((string, object?)[])[.. Values(payer), ("metadata_key", metadataKey)])]))
            .Where(named => named.Reference is { Length: > 0 })
            .ToDictionary(named => named.Payer, named => named.Reference!);

    /// <summary>
    /// Ties each new payer to the account of its reference, which is added where it is missing, or to a new account of
    /// its own where nothing names one.
    /// </summary>
    public async Task AdmitAsync(Session session, IReadOnlyDictionary<Payer, string?> newcomers, DateTimeOffset now)
    {
        var groups = newcomers
            .GroupBy(one => (one.Key.StripeAccount, one.Key.Livemode, Reference: one.Value), one => one.Key)
            .ToDictionary(group => group.Key, group => group.ToList());
        var named = groups.Where(group => group.Key.Reference is not null)
            .Select(group => NewAccount(group.Value[0], group.Key.Reference, now))
            .ToList();
        await session.ExecuteEachAsync(_sql["AddMissing"], named);
        var found = await session.QueryEachAsync(_sql["ByReference"], Read, [.. named.Select(one => one[..^1])]);
        var added = await session.QueryEachAsync(
            _sql["Add"],
            Read,
            [.. newcomers.Where(one => one.Value is null).Select(one => NewAccount(one.Key, reference: null, now))]);
        var accounts = found.Concat(added)
            .ToLookup(account => (account.StripeAccount, account.Livemode, account.Reference), account => account.Id);

        // There is one account for all of a reference, and one for each whom nothing names.
        await TieAsync(session, groups.SelectMany(group => accounts[group.Key].ToArray() is var ids
            ? group.Value.Select((payer, i) => (payer, ids[i % ids.Length]))
            : []));
    }

    private static (string, object?)[] NewAccount(Payer payer, string? reference, DateTimeOffset now) =>
    [
        ("stripe_account", payer.StripeAccount), ("livemode", payer.Livemode), ("reference", reference), ("created_at", now),
    ];

    private static (string, object?)[] Values(Payer payer) =>
    [
        ("customer", payer.Customer), ("livemode", payer.Livemode), ("stripe_account", payer.StripeAccount),
    ];

    private static Account Read(Row row) =>
        new(new(row.Number(0)), row.Text(1), row.Flag(2), row.TextOrNull(3), row.Moment(4));
}
