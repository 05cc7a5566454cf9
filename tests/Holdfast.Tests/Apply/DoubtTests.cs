using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Telemetry;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Apply;

/// <summary>What is a guess is asked of Stripe, and what is known is not.</summary>
public sealed class DoubtTests
{
    [Theory, EveryEngine]
    public async Task Without_a_key_nothing_is_asked_and_all_is_a_guess(Engine engine)
    {
        await using var desk = new Desk(await TestEngine.CreateAsync(engine));

        await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));

        Assert.Equal("b event confirmed=False in_doubt=True", await desk.HeldAsync());
        Assert.Equal(0, await desk.Shop.Store.NumberAsync("select count(*) from fetches"));
    }

    [Theory, EveryEngine]
    public async Task Two_bodies_of_one_second_are_settled_by_the_second_look(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("a");

        await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));
        Assert.Equal("b event confirmed=False in_doubt=True", await desk.HeldAsync());
        await desk.PassAsync(seconds: 1);
        Assert.Equal("a fetch confirmed=False in_doubt=True", await desk.HeldAsync());
        await desk.PassAsync(seconds: 10);

        Assert.Equal("a fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Equal(2, desk.Stripe.Asked.Count);
        Assert.Equal(["fetch completed"], await desk.JobsAsync());
    }

    [Theory, EveryEngine]
    public async Task A_stale_answer_within_the_lag_is_cured_by_the_second_look(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("a", secondsAgo: 60);
        desk.Truth("b");
        desk.Stripe.Lag = TimeSpan.FromSeconds(4);

        await desk.TellAsync(desk.Updated("evt_2", 0, "a"), desk.Updated("evt_1", 0, "b"));
        await desk.PassAsync(seconds: 1);
        Assert.StartsWith("a ", await desk.HeldAsync(), StringComparison.Ordinal);
        await desk.PassAsync(seconds: 10);

        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task An_order_that_is_proven_asks_nothing_whichever_came_first(Engine engine)
    {
        foreach (var reversed in (bool[])[false, true])
        {
            await using var desk = await Desk.OpenAsync(engine);
            byte[][] events = [desk.Created("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b", was: "a")];
            foreach (var one in reversed ? [.. events.Reverse()] : events)
            {
                await desk.TellAsync(one);
            }

            await desk.SettleAsync();

            Assert.Equal("b event confirmed=False in_doubt=False", await desk.HeldAsync());
            Assert.Empty(desk.Stripe.Asked);
        }
    }

    [Theory, EveryEngine]
    public async Task A_proof_that_speaks_against_the_moments_is_a_doubt(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");

        await desk.TellAsync(desk.Updated("evt_2", 0, "b", was: "a"), desk.Created("evt_1", 3, "a"));
        Assert.Equal("a event confirmed=False in_doubt=True", await desk.HeldAsync());
        await desk.SettleAsync();

        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task A_change_and_its_reversal_in_one_second_prove_nothing(Engine engine)
    {
        foreach (var order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            await using var desk = await Desk.OpenAsync(engine);
            desk.Truth("a");
            byte[][] events =
            [
                desk.Created("evt_1", -5, "a"),
                desk.Updated("evt_2", 0, "b", was: "a"),
                desk.Updated("evt_3", 0, "a", was: "b"),
            ];
            foreach (var index in order)
            {
                await desk.TellAsync(events[index]);
            }

            await desk.SettleAsync();

            Assert.StartsWith("a ", await desk.HeldAsync(), StringComparison.Ordinal);
            Assert.NotEmpty(desk.Stripe.Asked);
        }
    }

    [Theory, EveryEngine]
    public async Task A_winner_by_its_moment_alone_is_confirmed_once_when_all_is_quiet(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("c");
        await desk.TellAsync(desk.Created("evt_1", 0, "a"));
        await desk.TellAsync(desk.Updated("evt_2", 2, "b"));
        await desk.PassAsync(seconds: 8);
        await desk.TellAsync(desk.Updated("evt_3", 8, "c"));
        await desk.PassAsync(seconds: 9);
        Assert.Empty(desk.Stripe.Asked);

        await desk.SettleAsync();

        Assert.Equal("c fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Single(desk.Stripe.Asked);
        Assert.Equal(1, await desk.CountAsync(Counters.Confirmed));
        Assert.Equal(1, await desk.CountAsync(Counters.Fetched));
    }

    [Theory, EveryEngine]
    public async Task An_object_that_never_rests_is_looked_at_all_the_same(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        for (var second = 0; second < 90; second += 3)
        {
            desk.Truth($"body {second}");
            await desk.TellAsync(desk.Updated($"evt_{second:00}", second, $"body {second}"));
            await desk.PassAsync(seconds: 3);
        }

        Assert.InRange(desk.Stripe.Asked.Count, 1, 5);
        await desk.SettleAsync();
        Assert.Equal("body 87 fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task An_old_event_replayed_after_newer_state_changes_nothing_and_asks_nothing(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"));
        await desk.TellAsync(desk.Updated("evt_2", 1, "b"));
        await desk.SettleAsync();
        var asked = desk.Stripe.Asked.Count;

        await desk.ReplayAsync("evt_1");
        await desk.SettleAsync();

        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Equal(asked, desk.Stripe.Asked.Count);
    }

    [Theory, EveryEngine]
    public async Task An_event_that_races_the_answer_is_not_overwritten_and_has_it_asked_again(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));
        desk.Stripe.Meanwhile = async () =>
        {
            desk.Stripe.Clock.Advance(TimeSpan.FromSeconds(2));
            desk.Truth("c");
            await desk.TellAsync(desk.Updated("evt_3", 3, "c"));
        };

        await desk.PassAsync(seconds: 1);
        Assert.StartsWith("c event", await desk.HeldAsync(), StringComparison.Ordinal);
        await desk.SettleAsync();

        Assert.Equal("c fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Equal(["fetch completed"], await desk.JobsAsync());
    }

    [Theory, EveryEngine]
    public async Task Looks_that_are_hastened_by_one_doubt_after_another_never_confirm_what_is_stale(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Stripe.Lag = TimeSpan.FromSeconds(4);
        desk.Truth("start", secondsAgo: 60);
        for (var second = 0; second < 25; second += 5)
        {
            desk.Truth($"z {second}");
            await desk.TellAsync(
                desk.Updated($"evt_{second}_1", second, $"a {second}"), desk.Updated($"evt_{second}_2", second, $"z {second}"));
            await desk.PassAsync(seconds: 5);
        }

        Assert.Equal(5, desk.Stripe.Asked.Count);
        await desk.SettleAsync();
        Assert.Equal("z 20 fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task A_row_that_an_event_with_proof_moved_meanwhile_is_not_overwritten(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"));
        // Moments of a test clock that the object does not tell of.
        await desk.TellAsync(desk.Updated("evt_2", 5000, "b"));
        while (desk.Stripe.Asked.Count < 4)
        {
            await desk.PassAsync(seconds: 1);
        }

        desk.Stripe.Meanwhile = () =>
        {
            desk.Truth("c");
            return desk.TellAsync(desk.Updated("evt_3", 5001, "c", was: "b"));
        };
        await desk.PassAsync(seconds: 10);

        Assert.Equal(5, desk.Stripe.Asked.Count);
        Assert.Equal("c event confirmed=False in_doubt=False", await desk.HeldAsync());
        await desk.SettleAsync();
        Assert.Equal("c fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task On_a_test_clock_a_look_soon_after_an_event_confirms_nothing(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.IsOnTestClock = true;
        desk.Stripe.Lag = TimeSpan.FromSeconds(4);
        desk.Truth("a", secondsAgo: 60);
        await desk.TellAsync(desk.Created("evt_1", 0, "a"));
        await desk.PassAsync(seconds: 5);

        desk.Truth("b");
        await desk.TellAsync(desk.Updated("evt_2", 0, "b"));
        await desk.PassAsync(seconds: 2);

        Assert.Equal(2, desk.Stripe.Asked.Count);
        Assert.Contains("confirmed=False", await desk.HeldAsync(), StringComparison.Ordinal);
        await desk.SettleAsync();
        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task Moments_of_a_test_clock_that_nothing_tells_of_have_it_asked_again(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("a");
        await desk.TellAsync(desk.Updated("evt_1", -300, "x"), desk.Updated("evt_2", -300, "a"));
        await desk.SettleAsync();

        desk.Truth("b");
        await desk.TellAsync(desk.Updated("evt_3", -300, "b"));
        await desk.SettleAsync();

        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task A_late_word_that_it_is_gone_is_believed_if_Stripe_says_so_too(Engine engine)
    {
        foreach (var isGone in (bool[])[true, false])
        {
            await using var desk = await Desk.OpenAsync(engine);
            desk.Truth("b");
            await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));
            await desk.SettleAsync();
            if (isGone)
            {
                desk.Stripe.Put(Desk.Path, null);
            }

            await desk.TellAsync(desk.Deleted("evt_3", 1, "b"));
            await desk.SettleAsync();

            Assert.Equal(isGone, (await desk.RowAsync())!.Deleted);
            Assert.EndsWith("confirmed=True in_doubt=False", await desk.HeldAsync(), StringComparison.Ordinal);
        }
    }

    [Theory, EveryEngine]
    public async Task A_doubt_that_joins_while_a_confirmation_is_put_off_is_asked_soon(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"));
        await desk.TellAsync(desk.Updated("evt_2", 2, "b"));
        var job = Assert.Single(await desk.Shop.Store.WriteAsync(session => desk.Shop.Jobs.LeaseAsync(
            session, "fetch", desk.Shop.Clock.GetUtcNow().AddHours(1), desk.Shop.Clock.GetUtcNow().AddHours(2), limit: 1)));

        var end = await desk.Shop.FetchHandler.RunAsync(job, TestContext.Current.CancellationToken);
        await desk.TellAsync(desk.Updated("evt_3", 2, "c"));
        var outcome = await desk.Shop.Store.WriteAsync(end);

        Assert.Equal(new Outcome.Snooze(TimeSpan.FromSeconds(1)), outcome);
        Assert.Empty(desk.Stripe.Asked);
    }

    [Theory, EveryEngine]
    public async Task Two_ids_for_one_fact_are_one_state_and_no_question(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);

        await desk.TellAsync(desk.Updated("evt_1", 0, "a"));
        await desk.TellAsync(desk.Updated("evt_2", 0, "a"));
        await desk.SettleAsync();

        Assert.Equal("a event confirmed=False in_doubt=False", await desk.HeldAsync());
        Assert.Empty(desk.Stripe.Asked);
    }

    [Theory, EveryEngine]
    public async Task What_was_deleted_before_it_was_created_stays_gone(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);

        await desk.TellAsync(desk.Deleted("evt_2", 1, "a"));
        await desk.TellAsync(desk.Created("evt_1", 0, "a"));
        await desk.SettleAsync();

        Assert.True((await desk.RowAsync())!.Deleted);
        Assert.Empty(desk.Stripe.Asked);
    }

    [Theory, EveryEngine]
    public async Task What_Stripe_does_not_have_any_more_is_a_tombstone_that_keeps_the_last_body(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Stripe.Put(Desk.Path, null);

        await desk.TellAsync(desk.Created("evt_1", 0, "a"));
        await desk.TellAsync(desk.Updated("evt_2", 2, "b"));
        await desk.SettleAsync();

        var row = await desk.RowAsync();
        Assert.True(row!.Deleted);
        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Equal(["{\"deleted\":[false,true]}"], await desk.Shop.Store.TextsAsync(
            "select difference from object_changes where event = 0 and cause is not null"));
    }

    [Theory, EveryEngine]
    public async Task While_Stripe_is_away_events_are_applied_and_the_question_waits_without_spending_a_try(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        desk.Stripe.Trouble = HttpStatusCode.ServiceUnavailable;
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));
        for (var minute = 0; minute < 120; minute++)
        {
            await desk.PassAsync(seconds: 60);
        }

        Assert.Equal("b event confirmed=False in_doubt=True", await desk.HeldAsync());
        Assert.Equal(["fetch waiting"], await desk.JobsAsync());
        Assert.Equal(0, await desk.Shop.Store.NumberAsync("select count(*) from attempts"));
        Assert.InRange(desk.Stripe.Asked.Count, 20, 40);

        desk.Stripe.Trouble = null;
        await desk.PassAsync(seconds: 300);
        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task What_Stripe_refuses_is_a_dead_letter_with_an_alert_and_the_next_doubt_asks_anew(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        desk.Stripe.Trouble = HttpStatusCode.BadRequest;
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));
        await desk.PassAsync(seconds: 1);
        Assert.Equal(["fetch dead"], await desk.JobsAsync());
        Assert.Equal(["fetch_refused"], await desk.AlertsAsync());

        desk.Stripe.Trouble = null;
        await desk.TellAsync(desk.Updated("evt_3", 0, "c"));
        await desk.SettleAsync();

        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Equal(["fetch completed", "fetch dead"], await desk.JobsAsync());
        Assert.Empty(await desk.AlertsAsync());
    }

    [Theory, EveryEngine]
    public async Task A_doubt_that_joins_while_Stripe_refuses_has_it_asked_again(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Stripe.Trouble = HttpStatusCode.BadRequest;
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));
        desk.Stripe.Meanwhile = async () =>
        {
            desk.Stripe.Trouble = null;
            desk.Truth("c");
            await desk.TellAsync(desk.Updated("evt_3", 0, "c"));
        };

        await desk.SettleAsync();

        Assert.Equal("c fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Equal(["fetch completed"], await desk.JobsAsync());
        Assert.Empty(await desk.AlertsAsync());
    }

    [Theory, EveryEngine]
    public async Task An_answer_about_one_object_clears_no_alert_about_another(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        desk.Stripe.Trouble = HttpStatusCode.BadRequest;
        await desk.TellAsync(desk.Of("evt_1", 0, "customer", "cus_2", "a"), desk.Of("evt_2", 0, "customer", "cus_2", "b"));
        await desk.PassAsync(seconds: 1);

        desk.Stripe.Trouble = null;
        await desk.TellAsync(desk.Updated("evt_3", 0, "a"), desk.Updated("evt_4", 0, "b"));
        await desk.SettleAsync();

        Assert.Equal(["fetch completed", "fetch dead"], await desk.JobsAsync());
        Assert.Equal(["fetch_refused"], await desk.AlertsAsync());
    }

    [Theory, EveryEngine]
    public async Task A_dead_fetch_that_a_person_replays_asks_again(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        desk.Stripe.Trouble = HttpStatusCode.BadRequest;
        await desk.TellAsync(desk.Updated("evt_1", 0, "a"), desk.Updated("evt_2", 0, "b"));
        await desk.PassAsync(seconds: 1);
        desk.Stripe.Trouble = null;

        var dead = new JobId(await desk.Shop.Store.NumberAsync("select id from jobs where state = 'dead'"));
        Assert.True(await desk.Shop.DeadLetters.ReplayAsync(dead, "a test", TestContext.Current.CancellationToken));
        await desk.SettleAsync();

        Assert.Equal("b fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task A_fetch_asks_in_the_version_in_which_the_object_is_held(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("b");
        await desk.TellAsync(desk.Created("evt_1", 0, "a"));
        await desk.TellAsync(desk.Updated("evt_2", 2, "b"));
        await desk.SettleAsync();

        Assert.Equal([(Desk.Path, Desk.Version)], desk.Stripe.Asked);
    }

    [Theory, EveryEngine]
    public async Task A_thin_event_has_its_object_fetched(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("a");

        await desk.TellAsync(desk.Thin("evt_1", 0, "customer", "cus_1", Desk.Path));
        await desk.PassAsync(seconds: 1);
        Assert.Equal("a fetch confirmed=False in_doubt=True", await desk.HeldAsync());
        await desk.SettleAsync();

        Assert.Equal("a fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory, EveryEngine]
    public async Task A_thin_event_that_came_while_there_was_no_key_is_asked_about_when_there_is_one(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Truth("a");
        desk.Shop.Keys.Replace(new());

        await desk.TellAsync(desk.Thin("evt_1", 0, "customer", "cus_1", Desk.Path));
        await desk.PassAsync(seconds: 10);
        Assert.Equal("nothing", await desk.HeldAsync());
        Assert.Empty(desk.Stripe.Asked);
        desk.Shop.Keys.Replace(new() { General = "sk_test_invented" });
        await desk.SettleAsync();

        Assert.Equal("a fetch confirmed=True in_doubt=False", await desk.HeldAsync());
    }

    [Theory]
    [InlineData("https://evil.test/v1/customers/cus_1")]
    [InlineData("//evil.test/v1/customers/cus_1")]
    [InlineData("/v1/customers/../events")]
    [InlineData("/v1/customers/cus_1?expand=x")]
    [InlineData("/v1/customers/%2e%2e/events")]
    [InlineData("/v3/customers/cus_1")]
    [InlineData("/v1/customers//cus_1")]
    [InlineData("/v1/customers\\cus_1")]
    public async Task A_thin_event_with_an_address_that_is_none_of_the_API_asks_nothing_and_says_so(string url)
    {
        await using var desk = await Desk.OpenAsync(Engine.Sqlite);

        await desk.TellAsync(desk.Thin("evt_1", 0, "v2.unheard.of", "uno_1", url));
        await desk.SettleAsync();

        Assert.Empty(desk.Stripe.Asked);
        Assert.Empty(await desk.JobsAsync());
        Assert.Equal(
            [
                "Warning: evt_1 names v2.unheard.of uno_1 and does not show it, and nobody knows where Stripe has it: nothing "
                + "of it is held.",
            ],
            desk.Shop.Log.Warnings);
    }

    [Theory, EveryEngine]
    public async Task A_thin_event_of_a_type_nobody_knows_is_fetched_from_where_it_says(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Stripe.Put("/v2/things/thing_1", new() { ["id"] = "thing_1", ["object"] = "v2.thing" });

        await desk.TellAsync(desk.Thin("evt_1", 0, "v2.thing", "thing_1", "/v2/things/thing_1"));
        await desk.SettleAsync();

        Assert.Equal(["v2.thing thing_1"], await desk.Shop.Store.TextsAsync("select type || ' ' || id from objects"));
    }

    [Theory, EveryEngine]
    public async Task A_type_that_is_always_fetched_is_fetched_though_nothing_is_in_doubt(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);
        desk.Shop.StripeOptions.AlwaysFetch.Add("customer");
        desk.Truth("a");

        await desk.TellAsync(desk.Created("evt_1", 0, "a"));
        await desk.SettleAsync();

        Assert.Equal("a fetch confirmed=True in_doubt=False", await desk.HeldAsync());
        Assert.Single(desk.Stripe.Asked);
    }

    [Theory, EveryEngine]
    public async Task A_type_that_cannot_be_asked_for_stays_in_doubt(Engine engine)
    {
        await using var desk = await Desk.OpenAsync(engine);

        await desk.TellAsync(desk.Of("evt_1", 0, "discount", "di_1", "a"), desk.Of("evt_2", 0, "discount", "di_1", "b"));
        await desk.SettleAsync();

        Assert.Equal(["1"], await desk.Shop.Store.TextsAsync(
            $"select {desk.Shop.Store.Say("in_doubt", "in_doubt::int")} from objects"));
        Assert.Empty(await desk.JobsAsync());
    }

    [Theory, EveryEngine]
    public async Task However_events_and_answers_arrive_what_is_held_in_the_end_is_the_truth(Engine engine)
    {
        const int Rounds = 30;
        for (var seed = 1; seed <= Rounds; seed++)
        {
            await using var desk = await Desk.OpenAsync(engine);
            var chance = new Random(seed);
            var (body, due) = ("a", new List<(int At, byte[] Event)>());
            desk.Truth("a");
            due.Add((chance.Next(30), desk.Created("evt_00", 0, "a")));
            desk.Stripe.Lag = TimeSpan.FromSeconds(chance.Next(5));
            for (var second = 0; second < 60; second++)
            {
                for (var change = chance.Next(4); change >= 3; change--)
                {
                    var next = ((char)('a' + chance.Next(3))).ToString();
                    if (next != body)
                    {
                        desk.Truth(next);
                        due.Add((
                            second + chance.Next(chance.Next(4) is 0 ? 40 : 3),
                            desk.Updated($"evt_{chance.Next():x8}", second, next, chance.Next(3) is 0 ? null : body)));
                        body = next;
                    }
                }

                foreach (var (_, arrived) in due.Where(one => one.At == second))
                {
                    await desk.TellAsync(arrived);
                }

                await desk.PassAsync(seconds: 1);
            }

            await desk.TellAsync([.. due.Where(one => one.At >= 60).Select(one => one.Event)]);
            await desk.SettleAsync();

            var held = await desk.HeldAsync();
            Assert.True(held.StartsWith($"{body} ", StringComparison.Ordinal), $"seed {seed}: {held} instead of {body}");
        }
    }

    /// <summary>One customer, what Stripe says of it, and what is held.</summary>
    private sealed class Desk(TestEngine shop) : IAsyncDisposable
    {
        public const string Path = "/v1/customers/cus_1";
        public const string Version = "2026-10-28.endive";

        private readonly DateTimeOffset _start = shop.Clock.GetUtcNow();

        public TestEngine Shop => shop;

        /// <summary>Whether the objects say so.</summary>
        public bool IsOnTestClock { get; set; }

        public StripeDouble Stripe => (StripeDouble)shop.Stripe!;

        public static async Task<Desk> OpenAsync(Engine engine)
        {
            var stripe = new StripeDouble();
            var shop = await TestEngine.CreateAsync(engine, stripe: stripe);
            stripe.Clock = shop.Clock;
            return new(shop);
        }

        public void Truth(string name, int secondsAgo = 0) =>
            Stripe.Put(Path, Customer(name), shop.Clock.GetUtcNow().AddSeconds(-secondsAgo));

        public byte[] Created(string id, int second, string name) => Of(id, second, "customer", "cus_1", name, "created");

        public byte[] Deleted(string id, int second, string name) => Of(id, second, "customer", "cus_1", name, "deleted");

        public byte[] Updated(string id, int second, string name, string? was = null) =>
            Of(id, second, "customer", "cus_1", name, "updated", was is null ? null : new() { ["name"] = was });

        public byte[] Of(
            string id,
            int second,
            string type,
            string objectId,
            string name,
            string what = "updated",
            JsonObject? previous = null)
        {
            var data = new JsonObject { ["object"] = Customer(name, type, objectId) };
            if (previous is not null)
            {
                data["previous_attributes"] = previous;
            }

            return Bytes(new()
            {
                ["id"] = id,
                ["object"] = "event",
                ["api_version"] = Version,
                ["created"] = _start.AddSeconds(second).ToUnixTimeSeconds(),
                ["data"] = data,
                ["livemode"] = false,
                ["type"] = $"{type}.{what}",
            });
        }

        public byte[] Thin(string id, int second, string type, string objectId, string url) => Bytes(new()
        {
            ["id"] = id,
            ["object"] = "v2.core.event",
            ["type"] = $"v1.{type}.updated",
            ["created"] = _start.AddSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["livemode"] = false,
            ["related_object"] = new JsonObject { ["id"] = objectId, ["type"] = type, ["url"] = url },
        });

        public async Task TellAsync(params byte[][] events)
        {
            await shop.DeliverAsync(events);
            await shop.ApplyAllAsync();
        }

        public async Task ReplayAsync(string eventId)
        {
            var job = new JobId(await shop.Store.NumberAsync(
                $"select j.id from jobs j join events e on j.subject = e.id where j.kind = 'event' and event_id = '{eventId}'"));
            await shop.DeadLetters.ReplayEndedAsync(job, "a test", TestContext.Current.CancellationToken);
            await shop.ApplyAllAsync();
        }

        /// <summary>Lets time pass, second by second, while Stripe is asked what is due.</summary>
        public async Task PassAsync(int seconds)
        {
            await shop.FetchAsync();
            for (var second = 0; second < seconds; second++)
            {
                shop.Clock.Advance(TimeSpan.FromSeconds(1));
                await shop.FetchAsync();
            }
        }

        public async Task SettleAsync()
        {
            for (var second = 0; second < 600; second += 5)
            {
                if (await shop.Store.NumberAsync("select count(*) from jobs where state in ('waiting', 'running')") is 0)
                {
                    return;
                }

                await PassAsync(seconds: 5);
            }

            Assert.Fail("It does not come to rest.");
        }

        public Task<MirroredObject?> RowAsync() => shop.Store.ReadAsync(
            session => shop.Objects.FindAsync(session, new("", Livemode: false, "customer", "cus_1")));

        public async Task<string> HeldAsync()
        {
            var row = await RowAsync();
            return row is null
                ? "nothing"
                : $"{JsonNode.Parse(row.Body)!["name"]} {row.Source.Name} confirmed={row.Confirmed} in_doubt={row.InDoubt}";
        }

        public Task<List<string>> JobsAsync() => shop.Store.TextsAsync(
            "select kind || ' ' || state from jobs where kind <> 'event' order by 1");

        public Task<List<string>> AlertsAsync() => shop.Store.TextsAsync("select kind from alerts where cleared_at is null");

        public Task<long> CountAsync(string counter) =>
            shop.Store.NumberAsync($"select coalesce(sum(value), 0) from counters where name = '{counter}'");

        public ValueTask DisposeAsync() => shop.DisposeAsync();

        private static byte[] Bytes(JsonObject json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());

        private JsonObject Customer(string name, string type = "customer", string id = "cus_1") => new()
        {
            ["id"] = id,
            ["object"] = type,
            ["name"] = name,
            ["test_clock"] = IsOnTestClock ? "clock_1" : null,
            ["metadata"] = new JsonObject { ["plan"] = "pro" },
        };
    }
}
