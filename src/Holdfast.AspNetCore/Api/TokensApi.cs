using Holdfast.Audit;
using Holdfast.Storage;
using Holdfast.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class TokensApi
{
    private const int MaxNameLength = 100;

    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("/tokens").RequireAuthorization(Policies.Admin);
        tokens.MapGet("", ListAsync).WithSummary("Lists tokens, without their secrets.");
        tokens.MapPost("", CreateAsync).WithSummary("Makes a token; its secret is shown this once.");
        tokens.MapDelete("/{id:long}", RevokeAsync).WithSummary("Revokes a token at once.");
    }

    private static async Task<Ok<Page<TokenItem>>> ListAsync(Database database, TokenStore tokens, CancellationToken ct) =>
        TypedResults.Ok(new Page<TokenItem>(
            [.. (await database.ReadAsync(tokens.ListAsync, ct)).Select(TokenItem.Of)], NextCursor: null));

    private static async Task<Results<Created<NewTokenItem>, ProblemHttpResult>> CreateAsync(
        TokenRequest request,
        Database database,
        TokenStore tokens,
        AuditStore audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct)
    {
        if (request.Name is not { Length: > 0 and <= MaxNameLength } name || name.Any(char.IsControl))
        {
            return Problems.BadRequest($"\"name\" is 1 to {MaxNameLength} characters: who or what will use the token.");
        }

        if (TokenStore.RoleOf(request.Role ?? "viewer") is not { } role)
        {
            return Problems.BadRequest("\"role\" is viewer, support, operator or admin.");
        }

        var secret = Token.NewSecret();
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                var id = await tokens.AddAsync(session, name, role, Token.HashOf(secret), clock.GetUtcNow());
                await audit.AddAsync(session, http.User.Identity!.Name!, "create", $"token_{id}", why: null);
                return id;
            },
            ct);
        var created = commit.OrThrow();
        return TypedResults.Created(
            $"/api/v1/tokens/{created}", new NewTokenItem(created, name, TokenStore.NameOf(role), secret));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        long id,
        Database database,
        TokenStore tokens,
        AuditStore audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct)
    {
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                var revoked = await tokens.RevokeAsync(session, id, clock.GetUtcNow());
                if (revoked)
                {
                    await audit.AddAsync(session, http.User.Identity!.Name!, "revoke", $"token_{id}", why: null);
                }

                return revoked;
            },
            ct);
        return commit.OrThrow() ? TypedResults.NoContent() : Problems.NotFound($"There is no token {id}, or it is revoked.");
    }
}

internal sealed record TokenRequest(string? Name, string? Role);

internal sealed record TokenItem(long Id, string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt)
{
    public static TokenItem Of(Token token) =>
        new(token.Id, token.Name, TokenStore.NameOf(token.Role), token.CreatedAt, token.RevokedAt);
}

/// <param name="Token">The secret itself; it is not kept and cannot be shown again.</param>
internal sealed record NewTokenItem(long Id, string Name, string Role, string Token);
