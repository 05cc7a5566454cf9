using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tokens;

namespace Holdfast.Tests.Tokens;

public sealed class TokenStoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, EveryEngine]
    public async Task A_token_is_found_by_its_hash_with_its_role(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var (tokens, secret) = (new TokenStore(store.Database), Token.NewSecret());

        var id = await store.WriteAsync(session => tokens.AddAsync(session, "nightly", Role.Support, Token.HashOf(secret), Now));

        Assert.Equal(
            new Token { Id = id, Name = "nightly", Role = Role.Support, CreatedAt = Now, RevokedAt = null },
            await store.ReadAsync(session => tokens.FindAsync(session, Token.HashOf(secret))));
        Assert.Null(await store.ReadAsync(session => tokens.FindAsync(session, Token.HashOf(secret + " "))));
    }

    [Theory, EveryEngine]
    public async Task A_revoked_token_is_listed_but_not_found_any_more(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var (tokens, hash) = (new TokenStore(store.Database), Token.HashOf(Token.NewSecret()));
        var id = await store.WriteAsync(session => tokens.AddAsync(session, "nightly", Role.Admin, hash, Now));

        Assert.True(await store.WriteAsync(session => tokens.RevokeAsync(session, id, Now.AddDays(1))));

        Assert.Null(await store.ReadAsync(session => tokens.FindAsync(session, hash)));
        Assert.Equal(Now.AddDays(1), Assert.Single(await store.ReadAsync(tokens.ListAsync)).RevokedAt);
        Assert.False(await store.WriteAsync(session => tokens.RevokeAsync(session, id, Now.AddDays(2))));
        Assert.Equal(Now.AddDays(1), Assert.Single(await store.ReadAsync(tokens.ListAsync)).RevokedAt);
    }

    [Theory, EveryEngine]
    public async Task A_token_that_is_not_there_cannot_be_revoked(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var tokens = new TokenStore(store.Database);

        Assert.False(await store.WriteAsync(session => tokens.RevokeAsync(session, 7, Now)));
    }

    [Theory, EveryEngine]
    public async Task One_secret_makes_one_token(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var (tokens, hash) = (new TokenStore(store.Database), Token.HashOf(Token.NewSecret()));
        await store.WriteAsync(session => tokens.AddAsync(session, "one", Role.Viewer, hash, Now));

        await Assert.ThrowsAsync<StoreException>(() =>
            store.WriteAsync(session => tokens.AddAsync(session, "two", Role.Admin, hash, Now)));
    }

    [Fact]
    public void Secrets_are_long_and_never_the_same_and_can_be_known_by_their_prefix()
    {
        Assert.Matches("^hf_[0-9a-f]{64}$", Token.NewSecret());
        Assert.NotEqual(Token.NewSecret(), Token.NewSecret());
    }

    [Fact]
    public void Every_role_is_read_as_it_is_written() => Assert.All(
        Enum.GetValues<Role>(), role => Assert.Equal(role, TokenStore.RoleOf(TokenStore.NameOf(role))));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Admin")]
    [InlineData("root")]
    public void A_role_nobody_knows_is_none(string? name) => Assert.Null(TokenStore.RoleOf(name));
}
