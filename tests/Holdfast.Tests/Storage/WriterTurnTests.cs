using Holdfast.Storage;

namespace Holdfast.Tests.Storage;

public sealed class WriterTurnTests
{
    private readonly WriterTurn _turn = new();
    private readonly List<string> _order = [];

    [Fact]
    public void A_free_turn_is_taken_at_once()
    {
        Assert.True(TakeAsync(Turn.Work).IsCompletedSuccessfully);
        _turn.Release();
        Assert.True(TakeAsync(Turn.Ingest).IsCompletedSuccessfully);
        Assert.False(TakeAsync(Turn.Ingest).IsCompleted);
    }

    [Fact]
    public async Task Deliveries_go_before_work_that_came_earlier()
    {
        await TakeAsync(Turn.Work);
        Task[] waiting = [LineUpAsync("work", Turn.Work), LineUpAsync("delivery", Turn.Ingest)];
        _turn.Release();
        await Task.WhenAll(waiting);

        Assert.Equal(["delivery", "work"], _order);
    }

    [Fact]
    public async Task Deliveries_never_go_twice_in_a_row_over_work_that_waits()
    {
        await TakeAsync(Turn.Work);
        Task[] waiting =
        [
            LineUpAsync("delivery 1", Turn.Ingest),
            LineUpAsync("delivery 2", Turn.Ingest),
            LineUpAsync("delivery 3", Turn.Ingest),
            LineUpAsync("work 1", Turn.Work),
            LineUpAsync("work 2", Turn.Work),
        ];
        _turn.Release();
        await Task.WhenAll(waiting);

        Assert.Equal(["delivery 1", "work 1", "delivery 2", "work 2", "delivery 3"], _order);
    }

    [Fact]
    public async Task Work_goes_right_after_a_delivery_that_met_no_line()
    {
        await TakeAsync(Turn.Ingest);
        Task[] waiting = [LineUpAsync("delivery", Turn.Ingest), LineUpAsync("work", Turn.Work)];
        _turn.Release();
        await Task.WhenAll(waiting);

        Assert.Equal(["work", "delivery"], _order);
    }

    [Fact]
    public async Task One_that_stops_waiting_leaves_the_line()
    {
        using var gone = new CancellationTokenSource();
        await TakeAsync(Turn.Work);
        var leaver = _turn.TakeAsync(Turn.Ingest, gone.Token);
        var stayer = LineUpAsync("stayer", Turn.Ingest);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);

        _turn.Release();
        await stayer;

        Assert.Equal(["stayer"], _order);
    }

    [Fact]
    public async Task One_that_stopped_waiting_when_it_already_had_the_turn_keeps_it()
    {
        using var late = new CancellationTokenSource();
        await TakeAsync(Turn.Work);
        var next = _turn.TakeAsync(Turn.Work, late.Token);
        _turn.Release();
        await next;
        await late.CancelAsync();

        Assert.False(TakeAsync(Turn.Work).IsCompleted);
    }

    [Fact]
    public async Task One_that_was_cancelled_before_does_not_take_the_turn()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _turn.TakeAsync(Turn.Work, new CancellationToken(canceled: true)));

        Assert.True(TakeAsync(Turn.Work).IsCompletedSuccessfully);
    }

    private Task TakeAsync(Turn turn) => _turn.TakeAsync(turn, TestContext.Current.CancellationToken);

    private async Task LineUpAsync(string name, Turn turn)
    {
        await TakeAsync(turn);
        _order.Add(name);
        _turn.Release();
    }
}
