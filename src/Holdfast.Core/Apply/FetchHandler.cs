using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Alerts;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Stripe;
using Holdfast.Telemetry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Apply;

/// <summary>
/// Asks Stripe what an object looks like. The answer is one more observation, folded on the locked row like all others, and
/// asked for again where it proves nothing yet. While Stripe is away the question waits, however long, and spends no attempt.
/// </summary>
internal sealed partial class FetchHandler(
    Database database,
    FetchStore fetches,
    ObjectStore mirror,
    ObservedObjects objects,
    CounterStore counters,
    AlertStore alerts,
    StripeClient stripe,
    StripeOptions options,
    TimeProvider clock,
    ILogger<FetchHandler> log) : LeasedHandler
{
    /// <summary>How long a question waits at most while Stripe is away.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);

    public override string Kind => Fetch.JobKind;

    /// <summary>Longer than the client's attempts and the delays between them.</summary>
    public override TimeSpan Lease => TimeSpan.FromMinutes(3);

    public override int MaxAtOnce => 8;

    public override async Task<Func<Session, Task<Outcome>>> RunAsync(Job job, CancellationToken ct)
    {
        var fetch = await database.ReadAsync(session => fetches.FindAsync(session, job.Subject), ct);
        if (fetch is null)
        {
            return Ends(new Outcome.Done());
        }

        if (UntilQuiet(fetch) is { Ticks: > 0 })
        {
            return session => RestAsync(session, fetch);
        }

        if (fetch.Path is not { } path)
        {
            return session => GiveUpAsync(session, fetch, $"Nobody knows where Stripe has {fetch.Key}.");
        }

        // Before Stripe is asked, so that whatever changes the row after this is noticed.
        var held = await database.ReadAsync(session => mirror.FindAsync(session, fetch.Key), ct);
        var isAtRest = clock.GetUtcNow() - fetch.WantedAt >= options.QuietMoment;
        var answer = await AskAsync(fetch, path, ct);
        return session => EndAsync(session, new(fetch, held, isAtRest), answer);
    }

    public override async Task DeadAsync(Session session, Job job, string? reason)
    {
        var now = clock.GetUtcNow();
        if (await fetches.FindAsync(session, job.Subject) is { } fetch)
        {
            // So that whoever wants to know next asks anew.
            await fetches.CloseAsync(session, fetch.Id, looks: 0, confirmed: false, now);
            await alerts.RaiseAsync(
                session,
                AlertOf(fetch),
                $"What Stripe knows of {fetch.Key} cannot be fetched, so what is held of it stays a guess: {reason} See "
                + $"holdfast dead show {job.Id}; replay it when the cause is mended.",
                now);
        }
    }

    private async Task<StripeAnswer> AskAsync(Fetch fetch, string path, CancellationToken ct)
    {
        if (!stripe.CanAsk(fetch.Key.Livemode))
        {
            return new StripeAnswer.Later("There is no key for its mode now.", MaxWait);
        }

        try
        {
            return await stripe.AskAsync(
                new()
                {
                    Path = path,
                    StripeAccount = fetch.Key.StripeAccount,
                    ApiVersion = fetch.ApiVersion,
                    Lane = fetch.IsPressing ? Lane.Live : Lane.Confirm,
                    Cause = fetch.Cause,
                },
                ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new StripeAnswer.Later("The time was up.", FirstWait);
        }
    }

    /// <summary>A confirmation waits until nothing more is heard, though not for ever; a doubt does not wait.</summary>
    private TimeSpan UntilQuiet(Fetch fetch)
    {
        var quietAt = fetch.WantedAt + options.QuietMoment;
        var latestAt = fetch.OpenedAt + options.MaxQuietWait;
        return fetch.IsPressing ? TimeSpan.Zero : (quietAt < latestAt ? quietAt : latestAt) - clock.GetUtcNow();
    }

    /// <summary>Decided where nobody can want to know unseen: by now it may be pressing.</summary>
    private async Task<Outcome> RestAsync(Session session, Fetch asked)
    {
        var rest = UntilQuiet(await LockAsync(session, asked));
        return new Outcome.Snooze(rest > Doubts.Soon ? rest : Doubts.Soon);
    }

    /// <summary>Who wanted to know while Stripe was asked has it asked again.</summary>
    private async Task<Outcome> GiveUpAsync(Session session, Fetch asked, string reason)
    {
        var fetch = await LockAsync(session, asked);
        return fetch.Wanted == asked.Wanted ? new Outcome.GiveUp(reason) : new Outcome.Snooze(UntilNext(fetch));
    }

    /// <returns>The row as it is now: from here on nobody else wants this object.</returns>
    private async Task<Fetch> LockAsync(Session session, Fetch asked)
    {
        await objects.LockAsync(session, [asked.Key]);
        return await fetches.FindAsync(session, asked.Id) ?? asked;
    }

    private TimeSpan UntilNext(Fetch fetch) => fetch.IsPressing ? Doubts.Soon : options.QuietMoment;

    private async Task<Outcome> EndAsync(Session session, Asked at, StripeAnswer answer)
    {
        var asked = at.Fetch;
        switch (answer)
        {
            case StripeAnswer.Later(var reason, var after):
                var grown = FirstWait * Math.Pow(2, Math.Min(asked.Waits, 10));
                var delay = after > grown ? after : grown;
                await fetches.WaitedAsync(session, asked.Id);
                LogLater(asked.Key.ToString(), reason);
                return new Outcome.Snooze(delay < MaxWait ? delay : MaxWait);
            case StripeAnswer.Refused(var reason):
                return await GiveUpAsync(session, asked, reason);
            default:
                return await ApplyAsync(session, at, answer);
        }
    }

    private async Task<Outcome> ApplyAsync(Session session, Asked at, StripeAnswer answer)
    {
        var asked = at.Fetch;
        if (Read(asked, answer, out var problem) is not { } observation)
        {
            return await GiveUpAsync(session, asked, problem!);
        }

        var before = await objects.LockAsync(session, [asked.Key]);
        // From here on nobody else wants this object: what they have said is committed and can be seen.
        var fetch = await fetches.FindAsync(session, asked.Id) ?? asked;
        var isDisturbed = fetch.Wanted != asked.Wanted || !at.IsOf(before.GetValueOrDefault(asked.Key));
        var look = new Look(fetch.ChangedAt, isDisturbed, fetch.Looks, at.IsAtRest);
        var folded = (await objects.ApplyAsync(session, [new(observation, Event: null, look)], before, named: []))[0];
        await counters.AddAsync(session, Counters.Fetched, 1);
        await alerts.ClearAsync(session, AlertOf(fetch), clock.GetUtcNow());
        if (folded.Ask is not Question.Nothing)
        {
            await fetches.LookedAsync(session, fetch.Id, isDisturbed ? 0 : fetch.Looks + 1);
            return new Outcome.Snooze(isDisturbed ? UntilNext(fetch) : options.QuietMoment);
        }

        var isConfirmed = folded.Next is { Confirmed: true };
        await fetches.CloseAsync(session, fetch.Id, fetch.Looks + 1, isConfirmed, clock.GetUtcNow());
        await counters.AddAsync(session, Counters.Confirmed, isConfirmed ? 1 : 0);
        return new Outcome.Done();
    }

    private static Observation? Read(Fetch fetch, StripeAnswer answer, out string? problem)
    {
        problem = null;
        switch (answer)
        {
            case StripeAnswer.Missing missing:
                return Gone(fetch, missing);
            case StripeAnswer.Found found:
                try
                {
                    using var json = JsonDocument.Parse(found.Body);
                    var from = new ObservedFrom(
                        fetch.Key.StripeAccount,
                        fetch.Key.Livemode,
                        found.ApiVersion ?? fetch.ApiVersion,
                        found.At,
                        CauseOf(found.RequestId));
                    var observation = ObjectObservation.Of(from, json.RootElement);
                    problem = observation?.Key == fetch.Key
                        ? null
                        : $"Asked for {fetch.Key}, Stripe answered with another object ({CauseOf(found.RequestId)}).";
                    return problem is null ? observation : null;
                }
                catch (Exception exception) when (exception is JsonException or UnreadableObjectException)
                {
                    problem = exception.Message;
                    return null;
                }

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>As Stripe itself writes what is deleted.</summary>
    private static Observation Gone(Fetch fetch, StripeAnswer.Missing missing)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", fetch.Key.Id);
            json.WriteString("object", fetch.Key.Type);
            json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        }

        var body = buffer.ToArray();
        return new()
        {
            Key = fetch.Key,
            Body = body,
            Hash = SHA256.HashData(body),
            ApiVersion = fetch.ApiVersion,
            AsOf = missing.At,
            Source = Source.Fetch,
            Cause = CauseOf(missing.RequestId),
            Deleted = true,
            Absorbing = false,
            IsOnTestClock = false,
            Customer = null,
            Status = null,
            Parent = null,
        };
    }

    private static Func<Session, Task<Outcome>> Ends(Outcome outcome) => _ => Task.FromResult(outcome);

    private static string CauseOf(string? requestId) => requestId ?? Fetch.JobKind;

    private static AlertKey AlertOf(Fetch fetch) => new(AlertKinds.FetchRefused, fetch.Key.ToString());

    /// <summary>How things were when Stripe was asked.</summary>
    /// <param name="Held">The row of the object.</param>
    /// <param name="IsAtRest">Nobody had wanted to know for a quiet moment.</param>
    private sealed record Asked(Fetch Fetch, MirroredObject? Held, bool IsAtRest)
    {
        /// <summary>Whether the row still tells what it told then.</summary>
        public bool IsOf(MirroredObject? held) => held?.Cause == Held?.Cause && held?.AsOf == Held?.AsOf
            && held?.Hash.AsSpan().SequenceEqual(Held?.Hash) is not false;
    }

    [LoggerMessage(3201, LogLevel.Information, "{About} is not fetched yet: {Reason}")]
    private partial void LogLater(string about, string reason);
}
