using Holdfast.Storage;

namespace Holdfast.Tests.Storage;

public sealed class StatementsTests
{
    [Fact]
    public void A_heading_begins_a_statement_and_the_next_one_ends_it()
    {
        var statements = new Statements("Some.sql", "-- name: First\nselect 1\n-- why\nfrom a\n\n-- name: Second\nselect 2\n");

        Assert.Equal(["First", "Second"], statements.Names);
        Assert.Equal(new Statement("First", "select 1\n-- why\nfrom a"), statements["First"]);
        Assert.Equal("select 2", statements["Second"].Sql);
    }

    [Fact]
    public void What_stands_before_the_first_heading_belongs_to_none()
    {
        var statements = new Statements("Some.sql", "-- About this file.\n-- name: Only\nselect 1");

        Assert.Equal(["Only"], statements.Names);
        Assert.Equal("select 1", statements["Only"].Sql);
    }

    [Fact]
    public void A_name_given_twice_is_refused_by_file_and_name()
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => new Statements("Some.sql", "-- name: Twice\nselect 1\n-- name: Twice\nselect 2"));

        Assert.Equal("Some.sql names Twice twice.", refused.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Contains(
        "Jobs/NoStore.sqlite.sql",
        Assert.Throws<InvalidOperationException>(() => Statements.Of("Jobs/NoStore", "sqlite")).Message,
        StringComparison.Ordinal);
}
