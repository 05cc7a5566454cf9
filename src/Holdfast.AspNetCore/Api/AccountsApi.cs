using Holdfast.Access;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Storage;
using Holdfast.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class AccountsApi
{
    public static void MapAccounts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/accounts/{id}", ShowAsync)
            .WithSummary("Shows an account by its id, a Stripe customer, the application's own id, or an e-mail address.");
        api.MapGet("/accounts/{id}/access", AccessAsync)
            .WithSummary("Lists every plan the account holds or would hold, and why not.");
        api.MapGet("/access/check", CheckAsync)
            .WithSummary("Says whether an account may use a feature now, until when, and why.");
    }

    private static async Task<Results<Ok<AccountItem>, ProblemHttpResult>> ShowAsync(
        string id,
        bool? livemode,
        string? stripe_account,
        Database database,
        AccountFinder finder,
        AccountStore accounts,
        HoldfastSettings settings,
        CancellationToken ct)
    {
        var (found, customers) = await database.ReadAsync(
            async session =>
            {
                var found = await finder.FindAsync(session, stripe_account ?? "", livemode ?? IsLive(settings), id);
                return (found, found is FoundAccount.One(var one) ? await accounts.CustomersAsync(session, one.Id) : []);
            },
            ct);
        return found is FoundAccount.One(var account)
            ? TypedResults.Ok(AccountItem.Of(account, customers))
            : NotOne(found, id);
    }

    private static async Task<Results<Ok<Page<GrantItem>>, ProblemHttpResult>> AccessAsync(
        string id, string? stripe_account, AccessChecker checker, HoldfastSettings settings, CancellationToken ct)
    {
        var (found, grants) = await checker.GrantsAsync(stripe_account ?? "", IsLive(settings), id, ct);
        return found is FoundAccount.One
            ? TypedResults.Ok(new Page<GrantItem>([.. grants.Select(GrantItem.Of)], NextCursor: null))
            : NotOne(found, id);
    }

    private static async Task<Results<Ok<AccessItem>, ProblemHttpResult>> CheckAsync(
        string? account,
        string? feature,
        string? stripe_account,
        AccessChecker checker,
        HoldfastSettings settings,
        CancellationToken ct)
    {
        if (string.IsNullOrEmpty(account) || string.IsNullOrEmpty(feature))
        {
            return Problems.BadRequest("Name both: access/check?account=…&feature=…");
        }

        // Always the installation's own mode: what was bought in the sandbox opens nothing in live mode.
        var (found, answer) = await checker.CheckAsync(stripe_account ?? "", IsLive(settings), account, feature, ct);
        return found switch
        {
            FoundAccount.One => TypedResults.Ok(AccessItem.Of(answer!)),
            FoundAccount.None => TypedResults.Ok(AccessItem.Unknown()),
            _ => NotOne(found, account),
        };
    }

    private static bool IsLive(HoldfastSettings settings) => settings.Mode is StripeMode.Live;

    private static ProblemHttpResult NotOne(FoundAccount found, string id) => found is FoundAccount.Several(var ids)
        ? Problems.Conflict($"Several accounts have this e-mail address: {string.Join(", ", ids)}. Name one by its id.")
        : Problems.NotFound(id.Contains('@', StringComparison.Ordinal)
            ? "No account has this e-mail address in this mode."
            : $"There is no account {id} in this mode. Nothing of it has arrived yet, or the id is another's.");
}

internal sealed record AccountItem
{
    public required string Id { get; init; }

    /// <summary>The application's own id, once one is known.</summary>
    public required string? Reference { get; init; }

    public required bool Livemode { get; init; }

    public required string? StripeAccount { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Stripe customers; a guest's checkout session stands for a customer Stripe does not have.</summary>
    public required IReadOnlyList<string> Customers { get; init; }

    public static AccountItem Of(Account account, IReadOnlyList<string> customers) => new()
    {
        Id = account.Id.ToString(),
        Reference = account.Reference,
        Livemode = account.Livemode,
        StripeAccount = account.StripeAccount.Length > 0 ? account.StripeAccount : null,
        CreatedAt = account.CreatedAt,
        Customers = customers,
    };
}

/// <param name="WhyNot">Null when it grants now.</param>
/// <param name="KnownFrom">Where that was found which access needs to know.</param>
internal sealed record GrantItem(
    string Plan,
    string Source,
    string Status,
    long Quantity,
    DateTimeOffset? Until,
    bool Grants,
    string? WhyNot,
    IReadOnlyList<KnownFromItem> KnownFrom)
{
    public static GrantItem Of(Grant grant) =>
        new(
            grant.Plan,
            grant.Source,
            grant.Status,
            grant.Quantity,
            grant.Until,
            grant.GrantsNow,
            grant.WhyNot,
            [.. grant.KnownFrom.Select(known => new KnownFromItem(known.Need, known.Object, known.Cause))]);
}

/// <param name="Need"><c>line_items</c>, or a metadata key as in <c>metadata.tier</c>.</param>
/// <param name="Object">The object that says it, such as <c>checkout.session cs_…</c>.</param>
/// <param name="Cause">What that was learned from: an event, or a question asked of Stripe.</param>
internal sealed record KnownFromItem(string Need, string Object, string Cause);

internal sealed record AccessItem(
    bool Allowed, string Reason, string? Plan, long? Limit, long? Quantity, DateTimeOffset? Until)
{
    public static AccessItem Of(AccessAnswer answer) =>
        new(answer.Allowed, answer.Reason, answer.Plan, answer.Limit, answer.Quantity, answer.Until);

    public static AccessItem Unknown() => new(
        Allowed: false, "no such account is known in this mode", Plan: null, Limit: null, Quantity: null, Until: null);
}
