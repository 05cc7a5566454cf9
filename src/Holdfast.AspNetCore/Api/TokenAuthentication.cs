using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Storage;
using Holdfast.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Api;

/// <summary>Bearer tokens: nothing of the API is open without one.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> scheme,
    ILoggerFactory logs,
    UrlEncoder encoder,
    HoldfastSettings settings,
    Database database,
    TokenStore tokens) : AuthenticationHandler<AuthenticationSchemeOptions>(scheme, logs, encoder)
{
    public const string SchemeName = "HoldfastToken";

    private const string BootstrapName = "HOLDFAST_API_TOKEN";
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Bearer, StringComparison.Ordinal))
        {
            return AuthenticateResult.NoResult();
        }

        var hash = Token.HashOf(header[Bearer.Length..].Trim());
        if (IsBootstrap(hash))
        {
            return Success(BootstrapName, Role.Admin);
        }

        try
        {
            var token = await database.ReadAsync(session => tokens.FindAsync(session, hash), Context.RequestAborted);
            return token is null
                ? AuthenticateResult.Fail("The token is unknown or revoked.")
                : Success($"{token.Name} (token_{token.Id})", token.Role);
        }
        catch (StoreException exception)
        {
            return AuthenticateResult.Fail(exception);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if ((await HandleAuthenticateOnceAsync()).Failure is StoreException)
        {
            await Problems.StoreTrouble().ExecuteAsync(Context);
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        await TypedResults.Problem(
            "This needs a token: send \"Authorization: Bearer …\". holdfast tokens create makes one.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => TypedResults.Problem(
        "The role of this token does not allow this. holdfast tokens create --role makes one that does.",
        statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(Context);

    private bool IsBootstrap(byte[] hash) => settings.Options.ApiToken is { Length: > 0 } bootstrap
        && CryptographicOperations.FixedTimeEquals(hash, Token.HashOf(bootstrap));

    private static AuthenticateResult Success(string name, Role role)
    {
        // Each role may do what those before it may.
        var claims = Enum.GetValues<Role>().Where(lesser => lesser <= role)
            .Select(lesser => new Claim(ClaimTypes.Role, TokenStore.NameOf(lesser)))
            .Append(new Claim(ClaimTypes.Name, name));
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }
}
