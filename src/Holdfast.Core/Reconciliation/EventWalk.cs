using System.Globalization;
using Holdfast.Storage;
using Holdfast.Stripe;

namespace Holdfast.Reconciliation;

/// <summary>
/// A walk along Stripe's list of events, from where the cursor stands to the present, which is when Stripe says it has
/// answered. Mostly all that is to be seen fits on one page. What does not is walked in slices of time from the oldest on:
/// the cursor moves to the end of a slice when every event in it is durable, and never past a failure.
/// </summary>
internal sealed class EventWalk(
    StripeClient stripe, EventIntake intake, CursorStore cursors, Database database, CatchUpOptions options, TimeProvider clock)
{
    /// <summary>For how long Stripe shows an event.</summary>
    /// <remarks>https://docs.stripe.com/api/events/list</remarks>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>What happened so shortly before the last look is looked at again with every one.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What takes longer is left to the next attempt, so that this one ends well within its lease. It counts from when the
    /// cursor has first moved: how long slices may be is found out anew by each attempt, and is of no use if it ends with that.
    /// </summary>
    private static readonly TimeSpan MaxRun = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Of the undelivered ones an attempt reads no more once the cursor has moved: they are a second look, and may be all
    /// there are.
    /// </summary>
    private const int MaxPagesOfUndelivered = 20;

    /// <summary>The shortest span that Stripe can be asked for.</summary>
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxSlice = TimeSpan.FromDays(1);

    /// <summary>About how many pages a slice is to have, so that few of them are half empty.</summary>
    private const int PagesPerSlice = 4;

    /// <summary>A slice with more is cut, as long as it can be.</summary>
    private const int MaxPagesPerSlice = 16;

    private int _pages;

    /// <summary>When the cursor first moved, and after how many pages; null before.</summary>
    private (long At, int Pages)? _moved;

    public async Task<WalkEnd> RunAsync(Cursor cursor, CancellationToken ct)
    {
        if (cursor.Progress is not { } progress)
        {
            return await AskAsync(cursor, [("limit", "1")], ct) is var first && first is StripeAnswer.Found(_, var at, _, _)
                ? new WalkEnd.Reached(null, new(Whole(at), Whole(at), Whole(at)), Whole(at))
                : new WalkEnd.Stopped(first);
        }

        var from = cursor.Sweep is Sweep.Events ? progress.SettledUntil : progress.WalkedUntil;
        var answer = await AskAsync(cursor, Since(from), ct);
        if (answer is not StripeAnswer.Found found)
        {
            return new WalkEnd.Stopped(answer);
        }

        var now = Whole(found.At);
        if (cursor.Sweep is Sweep.Events && progress.WalkedUntil < now - Kept)
        {
            return new WalkEnd.Gone(progress, now - Kept);
        }

        var page = EventPage.Read(found);
        await intake.TakeAsync(cursor, page.OldestFirst, ct);
        if (page.HasMore && !IsEnough(page, progress, now, cursor.Sweep))
        {
            return await SlicesAsync(cursor, progress, Start(cursor.Sweep, progress, now), now, SliceOf(page, now), ct);
        }

        // More than fits on a page was not looked at, however well it may be known.
        var seen = page.HasMore ? page.OldestFirst[0].Created + Second : from;
        return new WalkEnd.Reached(progress, After(cursor.Sweep, progress, seen, now, now), now);
    }

    /// <summary>All that is new was on the page, and so long after the last thorough look this is not.</summary>
    private bool IsEnough(EventPage page, Progress progress, DateTimeOffset now, Sweep sweep) =>
        sweep is Sweep.Events
        && page.OldestFirst[0].Created < progress.WalkedUntil - Recent
        && !IsThorough(progress, now);

    /// <summary>
    /// What shows up late, up to the overlap, is found by the thorough looks. Each reaches back over the overlap and over the
    /// time since the one before, so they are not made all the time where there is much to be seen.
    /// </summary>
    private bool IsThorough(Progress progress, DateTimeOffset now) => now - progress.SettledUntil > options.Overlap * 2;

    private DateTimeOffset Start(Sweep sweep, Progress progress, DateTimeOffset now) => sweep switch
    {
        Sweep.Undelivered => Later(progress.WalkedUntil, now - options.Undelivered),
        _ when IsThorough(progress, now) => Later(progress.SettledUntil, now - Kept),
        _ => Later(progress.SettledUntil, progress.WalkedUntil - Recent),
    };

    private async Task<WalkEnd> SlicesAsync(
        Cursor cursor, Progress progress, DateTimeOffset from, DateTimeOffset now, TimeSpan length, CancellationToken ct)
    {
        while (from < now)
        {
            if (IsLongEnough(cursor.Sweep))
            {
                return new WalkEnd.Paused();
            }

            var to = Earlier(from + length, now);
            switch (await SliceAsync(cursor, from, to, ct))
            {
                case Slice.Stopped(var answer):
                    return new WalkEnd.Stopped(answer);
                case Slice.TooMuch(var shorter):
                    length = shorter;
                    continue;
                case Slice.Walked(var pages):
                    var moved = After(cursor.Sweep, progress, from, to, now);
                    if (to == now)
                    {
                        return new WalkEnd.Reached(progress, moved, now);
                    }

                    if (!await MoveAsync(cursor, progress, moved))
                    {
                        return new WalkEnd.Overtaken();
                    }

                    (progress, from) = (moved, to);
                    length = pages <= PagesPerSlice / 2 ? Shorter(length * 2, MaxSlice) : length;
                    break;
            }
        }

        return new WalkEnd.Reached(progress, progress, now);
    }

    private async Task<Slice> SliceAsync(Cursor cursor, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        string? after = null;
        for (var pages = 1; ; pages++)
        {
            var answer = await AskAsync(cursor, Between(from, to, after), ct);
            if (answer is not StripeAnswer.Found found)
            {
                return new Slice.Stopped(answer);
            }

            var page = EventPage.Read(found);
            await intake.TakeAsync(cursor, page.OldestFirst, ct);
            if (!page.HasMore)
            {
                return new Slice.Walked(pages);
            }

            if (to - from > Second && pages is 1 && SliceOf(page, to) < (to - from) / 2)
            {
                return new Slice.TooMuch(SliceOf(page, to));
            }

            var oldest = page.OldestFirst[0];
            if (to - from > Second && pages is MaxPagesPerSlice)
            {
                // First what lies before those that are many; then they by themselves.
                return new Slice.TooMuch(AtLeastASecond(oldest.Created - from));
            }

            after = oldest.Id;
        }
    }

    private async Task<bool> MoveAsync(Cursor cursor, Progress from, Progress to)
    {
        var moved = await database.WriteAsync(
            Turn.Work, session => cursors.MoveAsync(session, cursor, from, to), CancellationToken.None);
        _moved ??= (clock.GetTimestamp(), _pages);
        return moved.OrThrow();
    }

    private bool IsLongEnough(Sweep sweep) => _moved is var (at, pages)
        && (clock.GetElapsedTime(at) > MaxRun || (sweep is Sweep.Undelivered && _pages - pages >= MaxPagesOfUndelivered));

    /// <summary>Where a cursor stands that has gone through everything up to a moment.</summary>
    /// <param name="from">Since when without a gap.</param>
    /// <param name="now">When Stripe said so.</param>
    private Progress After(Sweep sweep, Progress progress, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) =>
        progress with
        {
            WalkedUntil = Later(progress.WalkedUntil, to),
            SettledUntil = sweep is Sweep.Events && from <= progress.SettledUntil
                ? Later(progress.SettledUntil, Earlier(to, now - options.Overlap))
                : progress.SettledUntil,
        };

    /// <summary>How long a slice may be, by how long a time the newest of it took to fill a page.</summary>
    private static TimeSpan SliceOf(EventPage page, DateTimeOffset to) =>
        AtLeastASecond((to - page.OldestFirst[0].Created) * PagesPerSlice);

    /// <remarks>
    /// Every event goes in the first lane: one call brings up to a hundred of them, and in a later lane they would wait for
    /// what they themselves give cause to ask. One call follows the other, so that nobody starves for it.
    /// </remarks>
    private Task<StripeAnswer> AskAsync(Cursor cursor, List<(string Name, string Value)> query, CancellationToken ct)
    {
        _pages++;
        if (cursor.Sweep is Sweep.Undelivered)
        {
            query.Add(("delivery_success", "false"));
        }

        return stripe.AskAsync(
            new()
            {
                Path = "/v1/events",
                Query = query,
                StripeAccount = cursor.StripeAccount,
                Lane = cursor.Sweep is Sweep.Events ? Lane.Live : Lane.Repair,
                Cause = CatchUp.JobKind,
            },
            ct);
    }

    private static List<(string Name, string Value)> Since(DateTimeOffset from) =>
        [("limit", Text(EventPage.MaxEvents)), ("created[gte]", Text(from.ToUnixTimeSeconds()))];

    private static List<(string Name, string Value)> Between(DateTimeOffset from, DateTimeOffset to, string? after)
    {
        var query = Since(from);
        query.Add(("created[lt]", Text(to.ToUnixTimeSeconds())));
        if (after is not null)
        {
            query.Add(("starting_after", after));
        }

        return query;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Stripe's moments are whole seconds, and so are those it is asked for.</summary>
    private static DateTimeOffset Whole(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds());

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan AtLeastASecond(TimeSpan span) =>
        span < Second ? Second : TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));

    private abstract record Slice
    {
        private Slice()
        {
        }

        /// <summary>All of it is durable.</summary>
        public sealed record Walked(int Pages) : Slice;

        /// <summary>It holds more than can be gone through in one go.</summary>
        public sealed record TooMuch(TimeSpan Shorter) : Slice;

        public sealed record Stopped(StripeAnswer Answer) : Slice;
    }
}

/// <summary>How a walk ended.</summary>
internal abstract record WalkEnd
{
    private WalkEnd()
    {
    }

    /// <summary>It came to the present.</summary>
    /// <param name="From">Where the cursor stands; null before its beginning.</param>
    /// <param name="To">Where it is to stand.</param>
    /// <param name="Now">The present, by Stripe's clock.</param>
    public sealed record Reached(Progress? From, Progress To, DateTimeOffset Now) : WalkEnd;

    /// <summary>The cursor has moved, it was long enough for one attempt, and there is more.</summary>
    public sealed record Paused : WalkEnd;

    /// <summary>Another has moved the cursor meanwhile.</summary>
    public sealed record Overtaken : WalkEnd;

    /// <summary>The cursor stands where Stripe has no more events.</summary>
    /// <param name="To">Since when it has.</param>
    public sealed record Gone(Progress From, DateTimeOffset To) : WalkEnd;

    /// <summary>Stripe gave no list.</summary>
    public sealed record Stopped(StripeAnswer Answer) : WalkEnd;
}
