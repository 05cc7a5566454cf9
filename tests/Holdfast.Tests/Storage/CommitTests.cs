using Holdfast.Storage;

namespace Holdfast.Tests.Storage;

public sealed class CommitTests
{
    [Fact]
    public void A_committed_write_gives_its_value() => Assert.Equal(7, new Commit<int>.Committed(7).OrThrow());

    [Fact]
    public void What_the_store_rolled_back_throws_the_stores_own_words()
    {
        var full = new StoreException("The disk is full.");

        Assert.Same(full, Assert.Throws<StoreException>(() => new Commit<int>.RolledBack(full).OrThrow()));
    }

    [Fact]
    public void What_failed_in_the_work_says_that_nothing_was_written()
    {
        var cause = new InvalidOperationException("The work is wrong.");

        var thrown = Assert.Throws<StoreException>(() => new Commit<int>.RolledBack(cause).OrThrow());

        Assert.Equal("Nothing was written: The work is wrong.", thrown.Message);
        Assert.Same(cause, thrown.InnerException);
    }

    [Fact]
    public void An_unknown_end_never_passes_for_a_written_or_an_unwritten_one()
    {
        var cause = new StoreException("The disk failed.");

        var thrown = Assert.Throws<StoreException>(() => new Commit<int>.Unknown(cause).OrThrow());

        Assert.Contains("may or may not have been kept", thrown.Message, StringComparison.Ordinal);
        Assert.Same(cause, thrown.InnerException);
    }
}
