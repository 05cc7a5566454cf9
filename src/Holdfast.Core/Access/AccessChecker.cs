using Holdfast.Storage;

namespace Holdfast.Access;

/// <summary>Answers who may use what, from the mirror alone: also while Stripe cannot be reached.</summary>
internal sealed class AccessChecker(
    Database database, AccountFinder finder, AccessReader facts, CurrentPlans plans, TimeProvider clock)
{
    /// <param name="account">An id of any kind, see <see cref="AccountFinder"/>.</param>
    public Task<(FoundAccount Account, AccessAnswer? Answer)> CheckAsync(
        string stripeAccount, bool livemode, string account, string feature, CancellationToken ct) =>
        database.ReadAsync(
            async session =>
            {
                var found = await finder.FindAsync(session, stripeAccount, livemode, account);
                return found is FoundAccount.One(var one)
                    ? (found, Entitlement.Check(
                        await facts.FactsOfAsync(session, one), plans.Value, feature, clock.GetUtcNow()))
                    : (found, (AccessAnswer?)null);
            },
            ct);

    public Task<(FoundAccount Account, IReadOnlyList<Grant> Grants)> GrantsAsync(
        string stripeAccount, bool livemode, string account, CancellationToken ct) =>
        database.ReadAsync(
            async session =>
            {
                var found = await finder.FindAsync(session, stripeAccount, livemode, account);
                return found is FoundAccount.One(var one)
                    ? (found, Entitlement.Grants(await facts.FactsOfAsync(session, one), plans.Value, clock.GetUtcNow()))
                    : (found, (IReadOnlyList<Grant>)[]);
            },
            ct);
}

/// <summary>The plans in force.</summary>
internal sealed class CurrentPlans(Plans value)
{
    public Plans Value => value;
}
