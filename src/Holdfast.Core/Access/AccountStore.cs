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

    public Task<Account?> ByReferenceAsync(Session session, string stripeAccount, bool livemode, string reference) =>
        session.FirstAsync(
            _sql["ByReference"],
            Read,
            [("reference", reference), ("livemode", livemode), ("stripe_account", stripeAccount)]);

    public Task<Account?> ByPayerAsync(Session session, Payer payer) =>
        session.FirstAsync(_sql["ByPayer"], Read, Values(payer));

    /// <returns>At most a handful: more than one means that the address does not tell who is meant.</returns>
    public Task<List<Account>> ByEmailAsync(Session session, string stripeAccount, bool livemode, string email) =>
        session.QueryAsync(
            _sql["ByEmail"], Read, ("email", email), ("livemode", livemode), ("stripe_account", stripeAccount));

    public Task<List<string>> CustomersAsync(Session session, AccountId id) =>
        session.QueryAsync(_sql["Customers"], row => row.Text(0), ("account", id.Value));

    public async Task<AccountId> AddAsync(Session session, Payer payer, string? reference, DateTimeOffset now) =>
        new((await session.QueryEachAsync(
            _sql["Add"], row => row.Number(0), [NewAccount(payer, reference, now)]))[0]);

    public Task TieAsync(Session session, Payer payer, AccountId account) =>
        session.ExecuteEachAsync(_sql["Tie"], [[.. Values(payer), ("account", account.Value)]]);

    public Task SetReferenceAsync(Session session, AccountId account, string reference) =>
        session.ExecuteAsync(_sql["SetReference"], ("id", account.Value), ("reference", reference));

    public Task DropIfEmptyAsync(Session session, AccountId account) =>
        session.ExecuteAsync(_sql["DropIfEmpty"], ("id", account.Value));

    /// <summary>The accounts of those of them who have one.</summary>
    public async Task<Dictionary<Payer, Account>> ByPayersAsync(Session session, IReadOnlyList<Payer> payers) =>
        (await session.QueryEachAsync(
            _sql["ByPayers"],
            row => (Payer: new Payer(row.Text(1), row.Flag(2), row.Text(5)), Account: Read(row)),
            [.. payers.Select(Values)]))
            .ToDictionary(tied => tied.Payer, tied => tied.Account);

    /// <summary>The application's own ids for those who pay, as the mirror tells them now, where something names one.</summary>
    /// <param name="metadataKey">The metadata key under which the application puts its id.</param>
    public async Task<Dictionary<Payer, string>> ReferencesOfAsync(
        Session session, IReadOnlyList<Payer> payers, string metadataKey) =>
        (await session.QueryEachAsync(
            _sql["ReferencesOf"],
            row => (Payer: new Payer(row.Text(0), row.Flag(1), row.Text(2)), Reference: row.TextOrNull(3)),
            [.. payers.Select(payer => ((string, object?)[])[.. Values(payer), ("metadata_key", metadataKey)])]))
            .Where(named => named.Reference is { Length: > 0 })
            .ToDictionary(named => named.Payer, named => named.Reference!);

    /// <summary>Adds an account without a reference for each, and ties it.</summary>
    public async Task AddUnnamedAsync(Session session, IReadOnlyList<Payer> payers, DateTimeOffset now)
    {
        var added = await session.QueryEachAsync(
            _sql["Add"],
            row => (Id: row.Number(0), StripeAccount: row.Text(1), Livemode: row.Flag(2)),
            [.. payers.Select(payer => NewAccount(payer, reference: null, now))]);
        var free = added.ToLookup(one => (one.StripeAccount, one.Livemode), one => one.Id);
        await session.ExecuteEachAsync(
            _sql["Tie"],
            [
                .. payers.GroupBy(payer => (payer.StripeAccount, payer.Livemode))
                    .SelectMany(group => group.Zip(free[group.Key]))
                    .Select(tied => ((string, object?)[])[.. Values(tied.First), ("account", tied.Second)]),
            ]);
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
