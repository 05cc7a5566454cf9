using System.Text;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Storage;

/// <summary>What only the embedded store must withstand: foreign hands on its file, and a disk that fails.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly string _directory = TestDatabase.NewDirectory();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_directory, "some.db");

    [Fact]
    public async Task A_second_owner_is_refused_while_the_first_lives()
    {
        await using var first = await OpenAsync(Path);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(Path));

        Assert.Contains($"Another process uses the database {Path}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await MarkAsync(first, "still works"));
    }

    [Fact]
    public async Task A_second_owner_is_accepted_after_the_first_has_closed()
    {
        await using (var first = await OpenAsync(Path))
        {
            await MarkAsync(first, "by the first");
        }

        await using var second = await OpenAsync(Path);

        Assert.Equal(["by the first"], await MarksAsync(second));
    }

    [Fact]
    public async Task Every_commit_is_flushed_and_what_is_deleted_is_overwritten()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);

        var pragmas = await store.WriteAsync(async session =>
        {
            List<string> values = [];
            foreach (var name in (string[])["journal_mode", "synchronous", "secure_delete", "mmap_size", "application_id"])
            {
                values.Add($"{name} = {(await session.AskAsync($"pragma {name}")).Single()}");
            }

            return values;
        });

        Assert.Equal(
            [
                "journal_mode = wal", "synchronous = 2", "secure_delete = 1", "mmap_size = 0",
                $"application_id = {SqliteHeader.ApplicationId}",
            ],
            pragmas);
    }

    [Fact]
    public async Task A_reader_cannot_write_and_does_no_checkpoints()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);

        await Assert.ThrowsAsync<StoreException>(() => store.ReadAsync(session => session.MarkAsync("by a reader")));

        Assert.Equal(["0"], await store.TextsAsync("pragma wal_autocheckpoint"));
        Assert.Empty(await store.MarksAsync());
    }

    [Fact]
    public Task A_text_file_is_refused_and_left_as_it_is() =>
        RefusesAsync(Encoding.UTF8.GetBytes(new string('x', 5000)), "it is not an SQLite database");

    [Fact]
    public Task A_file_too_short_for_a_header_is_refused_and_left_as_it_is() =>
        RefusesAsync("SQLite format 3\0"u8.ToArray(), "it is not an SQLite database");

    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_as_it_is()
    {
        await using (var file = new TestFile(Path))
        {
            file.Run("create table theirs (a); insert into theirs values (1)");
        }

        await RefusesAsync(await File.ReadAllBytesAsync(Path, Ct), "it is the SQLite database of another program");
    }

    [Fact]
    public async Task A_directory_in_its_place_is_refused()
    {
        Directory.CreateDirectory(Path);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(Path));

        Assert.Contains($"The database {Path} cannot be opened", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(Path, "a file", Ct);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(System.IO.Path.Combine(Path, "a.db")));

        Assert.Contains($"The directory {Path} for the database cannot be made", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_becomes_a_database()
    {
        await File.WriteAllBytesAsync(Path, [], Ct);

        await using var database = await OpenAsync(Path);

        Assert.Equal(1, await MarkAsync(database, "kept"));
    }

    [Fact]
    public async Task A_full_disk_rolls_back_and_does_no_harm_once_there_is_room()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await store.MarkAsync("before");
        await store.FillAsync();

        var commit = await store.MarkAsync("while full");

        Assert.True(store.Database.IsUnavailable(Assert.IsType<Commit<int>.RolledBack>(commit).Cause));
        Assert.Equal(["before"], await store.MarksAsync());
        await store.MakeRoomAsync();
        await store.MarkAsync("later");
        Assert.Equal(["before", "later"], await store.MarksAsync());
    }

    [Fact]
    public async Task A_store_that_turned_read_only_rolls_back_and_is_read_on()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await store.MarkAsync("before");
        await store.RunAsync("pragma query_only = on");

        var commit = await store.MarkAsync("while read-only");

        Assert.True(store.Database.IsUnavailable(Assert.IsType<Commit<int>.RolledBack>(commit).Cause));
        Assert.Equal(["before"], await store.MarksAsync());
        await store.RestartAsync();
        await store.MarkAsync("later");
        Assert.Equal(["before", "later"], await store.MarksAsync());
    }

    [Fact]
    public async Task A_log_deleted_under_it_puts_the_commit_in_doubt_and_loses_nothing_acknowledged()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await store.MarkAsync("acknowledged");
        await store.MarksAsync();
        File.Delete(store.SqlitePath + "-wal");

        Assert.IsType<Commit<int>.Unknown>(await store.MarkAsync("in doubt"));

        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("later"));
        Assert.Empty(((string[])["acknowledged", "later"]).Except(await store.MarksAsync()));
        await store.RestartAsync();
        Assert.Empty(((string[])["acknowledged", "later"]).Except(await store.MarksAsync()));
    }

    [Fact]
    public async Task A_log_deleted_while_somebody_reads_loses_nothing_acknowledged()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await store.MarkAsync("acknowledged");
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = store.ReadAsync(async session =>
        {
            var marks = await session.AskAsync("select name from counters");
            await goOn.Task;
            return marks;
        });
        File.Delete(store.SqlitePath + "-wal");

        // The database is let go of only when nobody reads any more.
        var inDoubt = store.MarkAsync("in doubt");
        Assert.False(inDoubt.IsCompleted);
        goOn.SetResult();

        Assert.Equal(["acknowledged"], await reading);
        Assert.IsType<Commit<int>.Unknown>(await inDoubt);
        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("later"));
        for (var i = 0; i < 20; i++)
        {
            Assert.IsType<Commit<int>.Committed>(await store.MarkAsync($"later {i}"));
            Assert.Contains($"later {i}", await store.MarksAsync());
        }

        await store.RestartAsync();
        Assert.Empty(((string[])["acknowledged", "later", "later 19"]).Except(await store.MarksAsync()));
        Assert.Equal(["ok"], await store.TextsAsync("pragma integrity_check"));
    }

    [Fact]
    public async Task A_database_deleted_under_it_is_unavailable_and_no_new_one_takes_its_place()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await store.MarkAsync("before");
        File.Delete(store.SqlitePath);

        var first = await store.MarkAsync("first");
        var second = await store.MarkAsync("second");

        Assert.IsType<Commit<int>.Unknown>(first);
        Assert.True(store.Database.IsUnavailable(Assert.IsType<Commit<int>.RolledBack>(second).Cause));
        await Assert.ThrowsAsync<StoreException>(store.MarksAsync);
        Assert.False(File.Exists(store.SqlitePath));
    }

    [Fact]
    public async Task A_log_whose_database_is_gone_is_not_thrown_away_by_the_next_start()
    {
        await File.WriteAllTextAsync(Path + "-wal", "acknowledged", Ct);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(Path));

        Assert.Contains($"The database {Path} is gone, but its write-ahead log", refused.Message, StringComparison.Ordinal);
        Assert.Equal("acknowledged", await File.ReadAllTextAsync(Path + "-wal", Ct));
        Assert.False(File.Exists(Path));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task<SqliteDatabase> OpenAsync(string path)
    {
        var database = new SqliteDatabase(path, new ManualClock(), NullLogger<SqliteDatabase>.Instance);
        await database.OpenAsync(Ct);
        return database;
    }

    private static async Task<int> MarkAsync(Database database, string mark) =>
        (await database.WriteAsync(Turn.Work, session => session.MarkAsync(mark), Ct)).OrThrow();

    private static Task<List<string>> MarksAsync(Database database) =>
        database.ReadAsync(session => session.AskAsync("select name from counters order by name"), Ct);

    private async Task RefusesAsync(byte[] content, string why)
    {
        await File.WriteAllBytesAsync(Path, content, Ct);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(Path));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path, Ct));
        Assert.Equal(
            ["some.db", "some.db.lock"],
            Directory.EnumerateFiles(_directory).Select(System.IO.Path.GetFileName).Order());
    }
}
