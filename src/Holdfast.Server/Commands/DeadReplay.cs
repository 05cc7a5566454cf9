using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

/// <summary>
/// Puts dead letters back. Many go one by one at a set pace, so that what follows from them does not come all at
/// once; each at most once, so that one which dies again at once cannot keep the verb going for ever.
/// </summary>
internal static class DeadReplay
{
    private const long DefaultRate = 50;
    private const long MaxRate = 1000;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var id = new Argument<string?>("ID")
        {
            Description = "The dead letter's id, job_…. Or choose by --all or --fingerprint.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Replay every dead letter." };
        var fingerprint = Inputs.Filter("--fingerprint", "F", "Replay every letter that failed in this way.");
        var rate = Inputs.NumberOption(
            "--rate", $"How many a second, 1 to {MaxRate}. [default: {DefaultRate}]", min: 1, MaxRate);
        var command = new Command("replay", "Puts dead letters back to work: one, all, or those that failed alike.")
        {
            id, all, fingerprint, rate, Conversation.JsonOption(),
        };
        command.Validators.Add(result =>
        {
            var chosen = (result.GetResult(id) is { Tokens.Count: > 0 } ? 1 : 0)
                + (result.GetValue(all) ? 1 : 0)
                + (result.GetResult(fingerprint) is null ? 0 : 1);
            if (chosen is not 1)
            {
                result.AddError("Say which: the ID of one dead letter, or --all, or --fingerprint F.");
            }
        });
        return command.Asking(talk => talk.Parsed.GetValue(id) is { } one
            ? OneAsync(talk, one)
            : ManyAsync(talk, talk.Parsed.GetValue(fingerprint), talk.Parsed.GetValue(rate) ?? DefaultRate));
    }

    private static async Task<int> OneAsync(Conversation talk, string id)
    {
        var answer = await talk.Api.PostAsync(ApiPath.Of("dead-letters", id, "replay"), body: null, talk.Ct);
        talk.Show(answer, () => Screen.Line($"{answer.Root.Text("id")} is {answer.Root.Text("state")} again."));
        return ExitCode.Fine;
    }

    private static async Task<int> ManyAsync(Conversation talk, string? fingerprint, long rate)
    {
        var tally = new Tally();
        try
        {
            await EachAsync(talk, fingerprint, rate, tally);
        }
        catch (OperationCanceledException) when (talk.Ct.IsCancellationRequested)
        {
            Screen.Note($"Stopped. {tally}; run it again to go on.");
            return ExitCode.Interrupted;
        }
        catch (VerbException exception)
        {
            throw new VerbException(
                $"{exception.Message} {tally} before that; run it again to go on.", exception.ExitCode);
        }

        if (talk.WantsJson)
        {
            Screen.Line(new JsonObject { ["replayed"] = tally.Replayed, ["gone"] = tally.Gone }.ToJsonString());
        }
        else
        {
            Screen.Line($"{tally}.");
        }

        return ExitCode.Fine;
    }

    private static async Task EachAsync(Conversation talk, string? fingerprint, long rate, Tally tally)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1) / rate);
        var clock = TimeProvider.System;
        var shown = clock.GetTimestamp();
        string? cursor = null;
        do
        {
            // The ids only go down: a letter that died again since stands above the cursor and is not met twice.
            var page = await talk.Api.GetAsync(
                ApiPath.Of("dead-letters")
                    .With("fingerprint", fingerprint)
                    .With("limit", PageOptions.MaxLimit.ToString(CultureInfo.InvariantCulture))
                    .With("cursor", cursor),
                talk.Ct);
            foreach (var letter in page.Root.Items("data"))
            {
                await pace.WaitForNextTickAsync(talk.Ct);
                await ReplayAsync(talk, letter.Text("id"), tally);
                if (clock.GetElapsedTime(shown) >= ProgressEvery)
                {
                    shown = clock.GetTimestamp();
                    Screen.Note($"{tally} so far…");
                }
            }

            cursor = page.Root.Text("next_cursor") is { Length: > 0 } next ? next : null;
        }
        while (cursor is not null);
    }

    private static async Task ReplayAsync(Conversation talk, string id, Tally tally)
    {
        try
        {
            await talk.Api.PostAsync(ApiPath.Of("dead-letters", id, "replay"), body: null, talk.Ct);
            tally.Replayed++;
        }
        catch (VerbException exception) when (exception.ExitCode is ExitCode.Found)
        {
            // Somebody else replayed or dismissed it since the list was read.
            tally.Gone++;
        }
    }

    private sealed class Tally
    {
        public long Replayed { get; set; }

        public long Gone { get; set; }

        public override string ToString() => Gone is 0
            ? $"Put back {Replayed} dead letter(s)"
            : $"Put back {Replayed} dead letter(s); {Gone} had been replayed or dismissed by somebody else";
    }
}
