using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Storage;

public sealed class ConnectionTests
{
    [Theory, EveryEngine]
    public async Task Values_in_another_order_are_refused_instead_of_bound_to_the_wrong_names(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var difference = new Statement(
            "Difference", store.Say("select @one - @other", "select @one::bigint - @other::bigint"));
        Assert.Equal(1, await store.ReadAsync(session => session.NumberAsync(difference, ("one", 3L), ("other", 2L))));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.ReadAsync(async session =>
        {
            await session.NumberAsync(difference, ("one", 3L), ("other", 2L));
            return await session.NumberAsync(difference, ("other", 2L), ("one", 3L));
        }));

        Assert.Equal("Difference takes @one in place 1, not other.", error.Message);
    }
}
