using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Storage;

/// <summary>Plain statements on a store, for what no store of the product says.</summary>
internal static class Sql
{
    extension(TestDatabase store)
    {
        public Task<int> RunAsync(string sql) => store.WriteAsync(session => session.RunAsync(sql));

        /// <summary>Writes a mark that can be found again by <see cref="MarksAsync"/>.</summary>
        public Task<Commit<int>> MarkAsync(string mark) => store.Database.WriteAsync(
            Turn.Work, session => session.MarkAsync(mark), TestContext.Current.CancellationToken);

        /// <summary>Takes all room away: from now on nothing that counts something can be written.</summary>
        public async Task FillAsync()
        {
            foreach (var change in (string[])["insert", "update"])
            {
                await store.RunAsync(
                    $"""
                    create trigger room_for_{change} after {change} on counters
                    begin insert into audit (at, actor, action, subject) values (0, '', '', hex(randomblob(100000))); end
                    """);
            }

            await store.RunAsync("pragma max_page_count = 1");
        }

        /// <summary>Gives back the room that <see cref="FillAsync"/> took.</summary>
        public Task MakeRoomAsync() => store.RunAsync("pragma max_page_count = 1000000");

        public Task<List<string>> MarksAsync() => store.TextsAsync("select name from counters order by name");
    }

    extension(Session session)
    {
        public Task<int> RunAsync(string sql) => session.ExecuteAsync(new Statement("Test", sql));

        public Task<int> MarkAsync(string mark) => session.ExecuteAsync(
            new Statement("Mark", session.Say(
                "insert into counters (name, value) values (@name, 1)",
                "insert into counters (name, shard, value) values (@name::text, 0, 1)")), ("name", mark));

        public Task<List<string>> AskAsync(string sql) =>
            session.QueryAsync(
                new Statement("Test", session.Say(sql, $"select value::text from ({sql}) as answer(value)")),
                row => row.Text(0));

        private string Say(string onSqlite, string onPostgres) =>
            session.Dialect is SqliteDialect ? onSqlite : onPostgres;
    }
}
