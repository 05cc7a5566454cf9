using Holdfast.Jobs;
using Holdfast.Reconciliation;
using Holdfast.Stripe;
using Holdfast.Tests.Ingest;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Reconciliation;

public sealed class CatchUpTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task A_first_start_begins_at_its_own_moment_by_Stripes_clock(Engine engine)
    {
        await using var listener = await Listener.CreateAsync(engine);
        listener.Stripe.Tell("evt_old", ago: Second);
        var began = listener.Stripe.Now;

        await listener.CatchUp.PrepareAsync(Ct);
        await listener.SweepAsync();
        listener.Stripe.Tell("evt_new", ago: TimeSpan.Zero);
        await listener.PassAsync(Interval);
        await listener.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(["evt_new"], await listener.StoredAsync());
        Assert.All(
            listener.Stripe.Questions.Skip(2), asked => Assert.True(asked.From >= began.ToUnixTimeSeconds(), $"{asked}"));
        Assert.Equal(began, (await listener.CursorAsync()).Progress!.BeganAt);
        Assert.Empty(await listener.FindingsAsync());
    }

    [Theory, EveryEngine]
    public async Task An_event_that_was_never_delivered_is_stored_and_applied_once(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var told = listener.Stripe.Tell("evt_1");

        for (var i = 0; i < 5; i++)
        {
            await listener.PassAsync(Interval);
            await listener.Shop.ApplyAllAsync();
        }

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Equal(["catch_up"], await listener.Shop.Store.TextsAsync("select endpoint from events"));
        Assert.Equal(1, await listener.Shop.Store.NumberAsync("select deliveries from event_ids"));
        Assert.Equal(["cus_evt_1"], await listener.Shop.Store.TextsAsync("select id from objects"));
        Assert.Equal((1, 1, 0, 1), (
            await listener.CountAsync("caught_up"),
            await listener.CountAsync("received"),
            await listener.CountAsync("duplicates"),
            await listener.CountAsync("applied")));
        var row = await listener.Shop.Store.NumberAsync("select id from events");
        var kept = await listener.Shop.Store.ReadAsync(session => listener.Shop.Events.FindAsync(session, row));
        Assert.Equal(told.Bytes, kept!.Body);
    }

    [Theory, EveryEngine]
    public async Task Its_delivery_that_comes_after_all_is_a_duplicate(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var told = listener.Stripe.Tell("evt_1");
        await listener.PassAsync(Interval);

        await listener.Shop.DeliverAsync(told);

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Equal((1, 1, 1), (
            await listener.CountAsync("caught_up"),
            await listener.CountAsync("received"),
            await listener.CountAsync("duplicates")));
    }

    [Theory, EveryEngine]
    public async Task What_was_delivered_is_left_alone_and_a_dead_letter_stays_one(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        await listener.Shop.DeliverAsync(listener.Stripe.Tell("evt_1"));
        await listener.Shop.Store.RunAsync(
            "update jobs set state = 'dead', attempt = 1, run_at = null, ended_at = created_at where kind = 'event'");

        await listener.PassAsync(Interval);
        await listener.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(["dead"], await listener.Shop.Store.TextsAsync("select state from jobs where kind = 'event'"));
        Assert.Equal(1, await listener.Shop.Store.NumberAsync("select deliveries from event_ids"));
        Assert.Equal((0, 1, 0), (
            await listener.CountAsync("caught_up"),
            await listener.CountAsync("received"),
            await listener.CountAsync("duplicates")));
    }

    /// <remarks>Whichever page it is at which Stripe fails: what lies before the cursor is here.</remarks>
    [Theory, EveryEngine]
    public async Task The_cursor_never_passes_what_is_not_stored(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var begin = await listener.WalkedUntilAsync();
        listener.Shop.Clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 1500; i++)
        {
            listener.Stripe.Tell($"evt_{i:D4}", ago: TimeSpan.FromSeconds(3000 - i), delivered: true);
        }

        var (fails, failures) = (1, 0);
        listener.Stripe.Before = number =>
        {
            // The first question fails, then the second after it, the third after that.
            if (--fails > 0)
            {
                return null;
            }

            fails = ++failures + 1;
            return failures < 30 ? ListedEvents.Error(500) : null;
        };
        while (listener.Stripe.Now - await listener.WalkedUntilAsync() > TimeSpan.FromMinutes(2))
        {
            await listener.SweepAsync();

            var walked = (await listener.WalkedUntilAsync()).ToUnixTimeSeconds();
            Assert.Equal(
                listener.Stripe.CreatedBefore(walked),
                await listener.Shop.Store.NumberAsync(
                    $"select count(*) from events where created < {listener.Shop.Store.Say(
                        $"{walked}000", $"to_timestamp({walked})")}"));
            listener.Shop.Clock.Advance(TimeSpan.FromSeconds(6));
        }

        Assert.Equal(1500, (await listener.StoredAsync()).Count);
        Assert.Equal(1500, await listener.CountAsync("caught_up"));
        Assert.True(failures > 5, $"It failed {failures} times only.");
        Assert.True(await listener.WalkedUntilAsync() > begin);
    }

    [Theory, EveryEngine]
    public async Task A_process_that_dies_before_the_cursor_has_moved_stores_nothing_twice(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Tell("evt_1");
        listener.Shop.Clock.Advance(Interval);
        var before = await listener.CursorAsync();
        var now = listener.Shop.Clock.GetUtcNow();
        var jobs = await listener.Shop.Store.WriteAsync(session => listener.Shop.Jobs.LeaseAsync(
            session, CatchUp.JobKind, now, now + listener.CatchUp.Lease, limit: 2));
        foreach (var job in jobs)
        {
            // What it would have written at its end is not written.
            await listener.CatchUp.RunAsync(job, Ct);
        }

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Equal(before, await listener.CursorAsync());
        await listener.PassAsync(listener.CatchUp.Lease + Second);
        // The first turn has put back what was lost, and the next takes it.
        await listener.SweepAsync();

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Equal(1, await listener.CountAsync("received"));
        Assert.True(await listener.WalkedUntilAsync() > before.Progress!.WalkedUntil);
    }

    [Theory, EveryEngine]
    public async Task A_gap_longer_than_Stripe_keeps_events_is_told_and_the_rest_caught_up(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var gone = await listener.WalkedUntilAsync();
        listener.Stripe.Tell("evt_gone");
        listener.Shop.Clock.Advance(TimeSpan.FromDays(40));
        listener.Stripe.Tell("evt_kept", ago: TimeSpan.FromDays(29));
        var kept = listener.Stripe.Now - TimeSpan.FromDays(30);

        await listener.SweepAsync();

        Assert.Equal(["evt_kept"], await listener.StoredAsync());
        var finding = Assert.Single(await listener.FindingsAsync());
        Assert.Equal(
            ("gap", $"{gone:yyyy-MM-ddTHH:mm:ssZ}/{kept:yyyy-MM-ddTHH:mm:ssZ}"), (finding.Key.Kind, finding.Key.Subject));
        Assert.Equal(
            $$"""{"from":"{{gone:yyyy-MM-ddTHH:mm:ss}}+00:00","to":"{{kept:yyyy-MM-ddTHH:mm:ss}}+00:00"}""", finding.Facts);
        Assert.Null(finding.ClosedAt);
        Assert.Equal([$"gap: our own account (test mode) {finding.Key.Subject}"], await listener.AlertsAsync());
        Assert.Equal(listener.Stripe.Now, await listener.WalkedUntilAsync());
    }

    [Theory, EveryEngine]
    public async Task Twenty_nine_days_are_caught_up_without_a_word(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Tell("evt_1");

        await listener.PassAsync(TimeSpan.FromDays(29));

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Empty(await listener.FindingsAsync());
        Assert.Empty(await listener.AlertsAsync());
    }

    [Theory, EveryEngine]
    public async Task A_long_time_is_gone_through_from_its_oldest_end_on_and_in_few_calls(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Shop.Clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 3000; i++)
        {
            listener.Stripe.Tell($"evt_{i:D4}", ago: TimeSpan.FromSeconds(3600 - i), delivered: true);
        }

        await listener.SweepAsync();

        Assert.Equal(3000, (await listener.StoredAsync()).Count);
        var slices = listener.Questions.Where(asked => asked is { To: not null, After: null }).ToList();
        Assert.Equal(slices.OrderBy(asked => asked.From), slices);
        Assert.True(listener.Questions.Count() < 3000 / 100 * 2, $"{listener.Questions.Count()} calls");
        Assert.Equal(listener.Stripe.Now, await listener.WalkedUntilAsync());
    }

    [Theory, EveryEngine]
    public async Task A_burst_within_one_second_and_a_long_silence_are_gone_through(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Shop.Clock.Advance(TimeSpan.FromDays(10));
        for (var i = 0; i < 2500; i++)
        {
            listener.Stripe.Tell($"evt_a{i:D4}", ago: TimeSpan.FromDays(9), delivered: true);
            listener.Stripe.Tell($"evt_b{i:D4}", ago: TimeSpan.FromSeconds(20), delivered: true);
        }

        await listener.SweepAsync();

        Assert.Equal(5000, (await listener.StoredAsync()).Count);
        Assert.Equal(listener.Stripe.Now, await listener.WalkedUntilAsync());
        Assert.True(listener.Questions.Count() < 250, $"{listener.Questions.Count()} calls");
    }

    [Theory, EveryEngine]
    public async Task Events_that_happen_while_pages_are_read_are_not_missed(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Shop.Clock.Advance(TimeSpan.FromSeconds(350));
        for (var i = 0; i < 350; i++)
        {
            listener.Stripe.Tell($"evt_{i:D4}", ago: TimeSpan.FromSeconds(350 - i), delivered: true);
        }

        var told = 0;
        listener.Stripe.Before = number =>
        {
            listener.Stripe.Tell($"evt_while_{number:D2}", delivered: true);
            told++;
            return null;
        };
        await listener.PassAsync(Interval);
        listener.Stripe.Before = _ => null;
        await listener.PassAsync(Interval);

        Assert.Equal(350 + told, (await listener.StoredAsync()).Count);
    }

    [Theory, EveryEngine]
    public async Task One_that_shows_up_late_in_the_list_is_found(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Tell("evt_late", delivered: true, shownAfter: TimeSpan.FromMinutes(9));
        await listener.PassAsync(TimeSpan.FromMinutes(1));
        await listener.PassAsync(TimeSpan.FromMinutes(7));
        Assert.Empty(await listener.StoredAsync());

        await listener.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["evt_late"], await listener.StoredAsync());
    }

    /// <remarks>To go through ten minutes every fifteen seconds would take all the calls there are.</remarks>
    [Theory, EveryEngine]
    public async Task Where_much_happens_what_shows_up_late_is_found_without_reading_all_of_it_each_time(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Tell("evt_late", delivered: true, shownAfter: TimeSpan.FromMinutes(9));
        var sweeps = 0;
        for (var told = 0; sweeps < 100; sweeps++)
        {
            for (var i = 0; i < 30; i++)
            {
                listener.Stripe.Tell($"evt_{told++:D5}", ago: TimeSpan.FromSeconds(i / 2), delivered: true);
            }

            await listener.PassAsync(Interval);
        }

        Assert.Contains("evt_late", await listener.StoredAsync());
        Assert.Equal(1 + (30 * sweeps), (await listener.StoredAsync()).Count);
        Assert.True(listener.Questions.Count() < 3 * sweeps, $"{listener.Questions.Count()} calls in {sweeps} sweeps");
    }

    [Theory, EveryEngine]
    public async Task One_that_Stripe_could_not_deliver_and_showed_hours_late_is_found(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Tell("evt_late", shownAfter: TimeSpan.FromHours(5));
        await listener.PassAsync(TimeSpan.FromHours(4));
        await listener.PassAsync(TimeSpan.FromHours(2));

        Assert.Equal(["evt_late"], await listener.StoredAsync());
    }

    [Theory, EveryEngine]
    public async Task Where_another_endpoint_fails_for_days_the_undelivered_are_read_a_part_at_a_time(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        for (var i = 0; i < 5000; i++)
        {
            listener.Stripe.Tell($"evt_{i:D4}", ago: TimeSpan.FromSeconds(10 * i));
        }

        await listener.SweepAsync();
        listener.Shop.Clock.Advance(TimeSpan.FromMinutes(5));
        listener.Stripe.Questions.Clear();
        await listener.SweepAsync();
        var first = UndeliveredQuestions();
        await listener.PassAsync(TimeSpan.FromMinutes(5));
        var second = UndeliveredQuestions()[first.Count..];

        Assert.InRange(first.Count, 20, 40);
        Assert.True(second[1].From > first[1].From, "It did not go on where it had come to.");

        List<Asked> UndeliveredQuestions() => [.. listener.Stripe.Questions.Where(asked => asked.DeliverySuccess is "false")];
    }

    /// <remarks>How long slices may be is not kept: an attempt that ended with finding out would be made for ever.</remarks>
    [Theory, EveryEngine]
    public async Task An_attempt_at_a_slow_Stripe_does_not_end_before_the_cursor_has_moved(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var began = await listener.WalkedUntilAsync();
        var told = TellBursts(listener, delivered: true);
        listener.Stripe.Before = _ =>
        {
            listener.Shop.Clock.Advance(Second);
            return null;
        };

        await AttemptAsync(listener);
        Assert.True(await listener.WalkedUntilAsync() > began, "It did not move.");
        for (var attempts = 1; attempts < 20 && (await listener.StoredAsync()).Count < told; attempts++)
        {
            await AttemptAsync(listener);
        }

        Assert.Equal(told, (await listener.StoredAsync()).Count);
    }

    [Theory, EveryEngine]
    public async Task A_part_of_the_undelivered_does_not_end_before_the_cursor_has_moved(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var began = (await listener.CursorAsync(Sweep.Undelivered)).Progress!.WalkedUntil;
        TellBursts(listener, delivered: false);

        await AttemptAsync(listener);

        Assert.True((await listener.CursorAsync(Sweep.Undelivered)).Progress!.WalkedUntil > began, "It did not move.");
    }

    [Theory, EveryEngine]
    public async Task A_key_that_is_taken_away_is_told_of_after_a_while_and_over_when_one_comes(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Keys.Replace(new());

        await listener.PassAsync(TimeSpan.FromMinutes(1));
        Assert.NotNull((await listener.CursorAsync()).Trouble);
        Assert.Empty(await listener.AlertsAsync());
        for (var i = 0; i < 6; i++)
        {
            await listener.PassAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Contains("catch_up: events of our own account (test mode)", await listener.AlertsAsync());
        Assert.Empty(listener.Stripe.Questions);
        listener.Keys.Replace(new() { General = "sk_test_invented" });
        listener.Stripe.Tell("evt_1");
        await listener.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Empty(await listener.AlertsAsync());
        Assert.Null((await listener.CursorAsync()).Trouble);
    }

    [Theory, EveryEngine]
    public async Task Without_a_key_nobody_is_asked_and_nothing_is_scheduled(Engine engine)
    {
        await using var listener = await Listener.CreateAsync(engine, key: null);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var preparing = listener.CatchUp.PrepareAsync(stop.Token);
        await stop.CancelAsync();
        await preparing;
        await listener.SweepAsync();

        Assert.Equal(0, await listener.Shop.Store.NumberAsync("select count(*) from jobs"));
        Assert.Empty(listener.Stripe.Questions);
    }

    [Theory, EveryEngine]
    public async Task A_second_start_adds_no_second_sweep(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);

        await listener.CatchUp.PrepareAsync(Ct);

        Assert.Equal(2, await listener.Shop.Store.NumberAsync("select count(*) from cursors"));
        Assert.Equal(2, await listener.Shop.Store.NumberAsync("select count(*) from jobs where kind = 'catch_up'"));
    }

    [Fact]
    public async Task Of_two_nodes_one_catches_up()
    {
        await using var listener = await Listener.BegunAsync(Engine.Postgres);
        await using var other = await listener.JoinAsync();
        listener.Stripe.Tell("evt_1");
        listener.Shop.Clock.Advance(TimeSpan.FromMinutes(5));

        var begun = (await listener.Worker.BeginAsync(Ct), await other.Worker.BeginAsync(Ct));
        await listener.Worker.DrainAsync();
        await other.SweepAsync();

        Assert.Equal((2, 0), begun);
        Assert.Equal(2, listener.Stripe.Questions.Count);
        Assert.Equal(["evt_1"], await listener.StoredAsync());
    }

    [Theory, EveryEngine]
    public async Task A_late_walk_moves_no_cursor_that_another_has_moved(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var before = await listener.CursorAsync();
        var far = before.Progress! with { WalkedUntil = before.Progress.WalkedUntil + Day };

        Assert.True(await MoveAsync(before.Progress, far));
        Assert.False(await MoveAsync(before.Progress, before.Progress with { WalkedUntil = far.WalkedUntil + Day }));
        Assert.False(await MoveAsync(far, before.Progress));

        Assert.Equal(far, (await listener.CursorAsync()).Progress);

        Task<bool> MoveAsync(Progress from, Progress to) => listener.Shop.Store.WriteAsync(
            session => listener.Cursors.MoveAsync(session, before, from, to));
    }

    [Theory, EveryEngine]
    public async Task A_clock_of_Stripes_that_goes_back_moves_nothing_back(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var before = await listener.WalkedUntilAsync();

        listener.Stripe.Ahead -= TimeSpan.FromMinutes(3);
        await listener.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(before, await listener.WalkedUntilAsync());
        await listener.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(before + TimeSpan.FromMinutes(3), await listener.WalkedUntilAsync());
    }

    [Theory, EveryEngine]
    public async Task What_Stripe_refuses_is_visible_told_after_a_while_and_over_when_it_works(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Before = _ => ListedEvents.Error(403);

        await listener.PassAsync(Interval);
        Assert.NotNull((await listener.CursorAsync()).Trouble);
        for (var i = 0; i < 10; i++)
        {
            await listener.PassAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Contains("catch_up: events of our own account (test mode)", await listener.AlertsAsync());
        Assert.Equal(0, await listener.Shop.Store.NumberAsync("select count(*) from jobs where state = 'dead'"));
        listener.Stripe.Before = _ => null;
        listener.Stripe.Tell("evt_1");
        await listener.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Empty(await listener.AlertsAsync());
        Assert.Null((await listener.CursorAsync()).Trouble);
    }

    [Theory, EveryEngine]
    public async Task A_short_trouble_of_Stripes_alerts_nobody(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Before = _ => ListedEvents.Error(500);
        await listener.PassAsync(Interval);
        await listener.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(await listener.AlertsAsync());
        Assert.NotNull((await listener.CursorAsync()).Trouble);
    }

    [Theory, EveryEngine]
    public async Task A_Stripe_that_never_answers_is_given_up_within_the_lease_and_told_of(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Hangs = true;
        listener.Shop.Clock.Advance(Interval);
        for (var i = 0; i < 10; i++)
        {
            var begun = await listener.Worker.BeginAsync(Ct);
            Assert.NotEqual(0, begun);
            for (; begun > 0; begun--)
            {
                // From here on there is a limit, which rings when the clock moves.
                await listener.Stripe.HungAsync(Ct);
            }

            listener.Shop.Clock.Advance(TimeSpan.FromSeconds(90));
            await listener.Worker.DrainAsync();
            Assert.NotNull((await listener.CursorAsync()).Trouble);
            listener.Shop.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Contains("catch_up: events of our own account (test mode)", await listener.AlertsAsync());
    }

    [Theory, EveryEngine]
    public async Task One_that_cannot_be_taken_in_is_told_and_holds_up_no_other(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Tell("evt_1", ago: TimeSpan.FromSeconds(3));
        var created = listener.Stripe.Now.ToUnixTimeSeconds();
        listener.Stripe.Tell(
            "evt_odd", $$"""{"id":"evt_odd","object":"event","created":{{created}},"type":"a.b","livemode":false}""", created);
        listener.Stripe.Tell(
            "evt_live", new EventBody("evt_live") { Created = created, Livemode = true }, created);
        listener.Stripe.Tell("evt_2");

        await listener.PassAsync(Interval);

        Assert.Equal(["evt_1", "evt_2"], await listener.StoredAsync());
        Assert.Equal(
            ["event evt_live", "event evt_odd"],
            (await listener.FindingsAsync()).Select(finding => finding.Key.Subject).Order());
        Assert.Equal(listener.Stripe.Now, await listener.WalkedUntilAsync());
    }

    [Theory, EveryEngine]
    public async Task What_is_no_list_moves_nothing(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var before = await listener.WalkedUntilAsync();
        listener.Stripe.Tell("evt_1");
        foreach (var body in (string[])["", "[]", "{}", """{"data":[],"has_more":true}""", """{"data":[{}],"has_more":false}"""])
        {
            listener.Stripe.Before = _ => new(System.Net.HttpStatusCode.OK) { Content = new StringContent(body) };
            await listener.PassAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((body, before), (body, await listener.WalkedUntilAsync()));
        }

        listener.Stripe.Before = _ => null;
        await listener.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["evt_1"], await listener.StoredAsync());
    }

    [Theory, EveryEngine]
    public async Task While_the_store_takes_no_events_the_cursor_stays(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        var before = await listener.WalkedUntilAsync();
        listener.Stripe.Tell("evt_1");
        listener.Group.Close();

        await listener.PassAsync(Interval);

        Assert.Empty(await listener.StoredAsync());
        Assert.Equal(before, await listener.WalkedUntilAsync());
        Assert.Equal(2, await listener.Shop.Store.NumberAsync("select count(*) from jobs where state = 'waiting'"));
    }

    [Theory, EveryEngine]
    public async Task Connected_accounts_are_asked_each_for_itself(Engine engine)
    {
        var options = new StripeOptions();
        options.ConnectedAccounts.Add("acct_1");
        await using var listener = await Listener.CreateAsync(engine, options);
        await listener.CatchUp.PrepareAsync(Ct);
        await listener.SweepAsync();
        listener.Shop.Clock.Advance(Interval);
        var created = listener.Stripe.Now.ToUnixTimeSeconds();
        listener.Stripe.Tell(new EventBody("evt_ours") { Created = created });
        listener.Stripe.Tell(new EventBody("evt_named") { Created = created, Account = "acct_1" }, "acct_1");
        listener.Stripe.Tell(new EventBody("evt_unnamed") { Created = created }, "acct_1");
        listener.Stripe.Tell(new EventBody("evt_foreign") { Created = created, Account = "acct_2" }, "acct_1");

        await listener.SweepAsync();
        await listener.PassAsync(Interval);

        Assert.Equal(
            ["evt_named of acct_1", "evt_ours of us", "evt_unnamed of acct_1"],
            await listener.Shop.Store.TextsAsync(
                "select event_id || ' of ' || coalesce(nullif(stripe_account, ''), 'us') from events order by 1"));
        Assert.Equal(["event evt_foreign"], (await listener.FindingsAsync()).Select(finding => finding.Key.Subject));
        Assert.Equal(3, await listener.CountAsync("caught_up"));
    }

    [Theory, EveryEngine]
    public async Task It_is_never_a_dead_letter_whatever_happens(Engine engine)
    {
        await using var listener = await Listener.BegunAsync(engine);
        listener.Stripe.Before = _ => throw new InvalidOperationException("A defect.");
        for (var i = 0; i < 50; i++)
        {
            await listener.PassAsync(TimeSpan.FromMinutes(5));
        }

        listener.Stripe.Before = _ => null;
        listener.Stripe.Tell("evt_1");
        await listener.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["evt_1"], await listener.StoredAsync());
        Assert.Equal(
            ["waiting", "waiting"], await listener.Shop.Store.TextsAsync("select state from jobs where kind = 'catch_up'"));
        Assert.Equal(0, await listener.Shop.Store.NumberAsync("select count(*) from attempts"));
    }

    /// <summary>What the density of the newest ones says of the slices is wrong, twice.</summary>
    private static int TellBursts(Listener listener, bool delivered)
    {
        listener.Shop.Clock.Advance(TimeSpan.FromHours(40));
        var told = 0;
        foreach (var (hours, burst) in ((int, int)[])[(0, 1500), (18, 1600)])
        {
            Tell(100, hours, TimeSpan.FromMinutes(10));
            Tell(burst, hours + 17, Second / 100);
        }

        return told;

        void Tell(int count, int hours, TimeSpan apart)
        {
            for (var i = 0; i < count; i++)
            {
                listener.Stripe.Tell($"evt_{told++:D4}", TimeSpan.FromHours(hours) + (i * apart), delivered);
            }
        }
    }

    private static async Task AttemptAsync(Listener listener)
    {
        listener.Shop.Clock.Advance(Interval);
        await listener.Worker.BeginAsync(Ct);
        await listener.Worker.DrainAsync();
    }
}
