using Npgsql;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>What a plain client meets with when its way to the server fails, and what the server has by then.</summary>
public sealed class TcpProxyTests : IAsyncLifetime
{
    private readonly string _database = $"proxied_{Guid.NewGuid():N}";
    private PostgresServer _server = null!;
    private TcpProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        await _server.CreateDatabaseAsync(_database);
        await _server.ExecuteAsync(_database, $"create table rows (id int); grant all on rows to {PostgresServer.User}");
        _proxy = TcpProxy.Start(_server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DropDatabaseAsync(_database);
    }

    [Fact]
    public async Task A_connection_cut_before_the_commit_reaches_the_server_leaves_nothing()
    {
        await using var connection = await ConnectAsync();
        _proxy.Rule = message => message.IsCommit ? new ProxyAction.Cut() : new ProxyAction.Forward();

        await Assert.ThrowsAsync<NpgsqlException>(() => InsertAsync(connection));

        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task A_connection_cut_after_the_server_committed_looks_the_same_to_the_client_and_leaves_the_row()
    {
        await using var connection = await ConnectAsync();
        _proxy.Rule = message => message.IsCommitted ? new ProxyAction.Cut() : new ProxyAction.Forward();

        await Assert.ThrowsAsync<NpgsqlException>(() => InsertAsync(connection));

        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task A_commit_prepared_as_a_statement_is_known_as_one()
    {
        await using var connection = await ConnectAsync();
        await using var commit = new NpgsqlCommand("COMMIT", connection);
        var transaction = await connection.BeginTransactionAsync(Token);
        await commit.PrepareAsync(Token);
        _proxy.Rule = message => message.IsCommit ? new ProxyAction.Cut() : new ProxyAction.Forward();

        await Assert.ThrowsAsync<NpgsqlException>(() => commit.ExecuteNonQueryAsync(Token));
    }

    [Fact]
    public async Task A_commit_whose_answer_is_held_is_done_and_the_client_waits_until_it_is_let_go()
    {
        await using var connection = await ConnectAsync();
        var held = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _proxy.Rule = message =>
        {
            if (!message.IsCommitted)
            {
                return new ProxyAction.Forward();
            }

            held.TrySetResult();
            return new ProxyAction.Hold(release.Task);
        };

        var insert = InsertAsync(connection);
        await held.Task.WaitAsync(Wait.Deadline, Token);

        Assert.Equal(1, await RowsAsync());
        Assert.False(insert.IsCompleted);
        release.SetResult();
        await insert;
    }

    [Fact]
    public async Task A_commit_that_is_held_until_the_client_gives_up_and_then_reaches_the_server_is_done()
    {
        await using var connection = await ConnectAsync();
        var release = new TaskCompletionSource();
        _proxy.Rule = message => message.IsCommit ? new ProxyAction.Hold(release.Task) : new ProxyAction.Forward();
        await using var transaction = await InsertedAsync(connection);

        using var patience = new CancellationTokenSource();
        var commit = transaction.CommitAsync(patience.Token);
        await patience.CancelAsync();
        Assert.Equal(0, await RowsAsync());
        release.SetResult();

        await Wait.UntilAsync("the row is there", async () => await RowsAsync() is 1);
        await Record.ExceptionAsync(() => commit);
    }

    [Fact]
    public async Task A_backend_that_is_terminated_says_so_and_leaves_nothing()
    {
        await using var connection = await ConnectAsync();
        await using var transaction = await InsertedAsync(connection);
        await _server.ExecuteAsync("postgres", $"select pg_terminate_backend({connection.ProcessID}, 60000)");

        var told = await Assert.ThrowsAsync<PostgresException>(() => transaction.CommitAsync(Token));

        Assert.Equal("57P01", told.SqlState);
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task The_nth_message_of_a_connection_can_be_lost_for_every_n_there_is()
    {
        var outcomes = new List<(bool Told, long Rows)>();
        var reached = true;
        for (var nth = 1; reached; nth++)
        {
            await _server.ExecuteAsync(_database, "truncate rows");
            reached = false;
            var sent = 0;
            _proxy.Rule = message =>
            {
                if (message.Direction is ProxyDirection.ToServer && ++sent == nth)
                {
                    reached = true;
                    return new ProxyAction.Cut();
                }

                return new ProxyAction.Forward();
            };
            var thrown = await Record.ExceptionAsync(async () =>
            {
                await using var connection = await ConnectAsync();
                await InsertAsync(connection);
            });
            outcomes.Add((thrown is null, await RowsAsync()));
        }

        // Startup and password; begin, the five messages of an insert, and commit; terminate.
        Assert.InRange(outcomes.Count, 6, 30);
        Assert.Contains(outcomes, one => one is (Told: false, Rows: 0));
        Assert.Equal((true, 1), outcomes[^1]);
        Assert.DoesNotContain(outcomes, one => one is (Told: true, Rows: 0));
    }

    [Fact]
    public async Task A_message_of_many_megabytes_passes_whole_in_both_directions()
    {
        await using var connection = await ConnectAsync();
        await using var echo = new NpgsqlCommand("select $1::bytea", connection);
        var sent = new byte[5_000_000];
        new Random(1).NextBytes(sent);
        echo.Parameters.Add(new() { Value = sent });

        Assert.Equal(sent, await echo.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Each_message_can_be_late_and_all_arrive_in_order()
    {
        await using var connection = await ConnectAsync();
        _proxy.Rule = _ => new ProxyAction.Hold(Task.Delay(2));

        await InsertAsync(connection);
        await InsertAsync(connection);

        Assert.Equal(2, await RowsAsync());
    }

    [Fact]
    public async Task Connections_are_lost_all_at_once_and_none_is_made_until_it_listens_again()
    {
        await using var connection = await ConnectAsync();
        _proxy.Refuse();
        _proxy.Cut();

        await Assert.ThrowsAsync<NpgsqlException>(() => InsertAsync(connection));
        await Assert.ThrowsAsync<NpgsqlException>(ConnectAsync);
        _proxy.Listen();

        await using var again = await ConnectAsync();
        await InsertAsync(again);
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task A_client_that_would_rather_be_encrypted_is_told_no_and_goes_on()
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _proxy.Port,
            Database = _database,
            Username = PostgresServer.User,
            Password = PostgresServer.Password,
            SslMode = SslMode.Prefer,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync(Token);
        await InsertAsync(connection);

        Assert.Equal(1, await RowsAsync());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<NpgsqlConnection> ConnectAsync() => _server.OpenAsync(_database, _proxy.Port);

    private static async Task<NpgsqlTransaction> InsertedAsync(NpgsqlConnection connection)
    {
        var transaction = await connection.BeginTransactionAsync(Token);
        await using var insert = new NpgsqlCommand("insert into rows values ($1)", connection, transaction);
        insert.Parameters.Add(new() { Value = 1 });
        await insert.ExecuteNonQueryAsync(Token);
        return transaction;
    }

    private static async Task InsertAsync(NpgsqlConnection connection)
    {
        await using var transaction = await InsertedAsync(connection);
        await transaction.CommitAsync(Token);
    }

    private async Task<long> RowsAsync() =>
        Assert.Single(await _server.AskAsync<long>(_database, "select count(*) from rows"));
}
