using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Holdfast.Server.Output;
using Holdfast.Simulator;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Server.Commands;

/// <summary>A simulated Stripe for whoever wants to point a client at it. See docs/simulator.md.</summary>
internal static class Simulate
{
    /// <summary>Where stripe-mock listens too: a client that was set up for it finds the simulator there.</summary>
    private const int DefaultPort = 12111;

    private const string Storm = "storm";

    private static readonly Option<long?> Port = Inputs.NumberOption(
        "--port",
        $"The port of the API, on 127.0.0.1 only; 0 takes a free one. [default: {DefaultPort}]",
        min: 0,
        IPEndPoint.MaxPort);

    private static readonly Option<string?> Webhook = Inputs.Filter(
        "--webhook", "URL", "Sends every event there, such as http://127.0.0.1:8000/webhooks/stripe.");

    private static readonly Option<string?> Secret = Inputs.Filter(
        "--secret", "WHSEC", "Signs what is sent there. [default: one is made and printed]");

    private static readonly Option<string?> Version = Inputs.Filter(
        "--version", "VERSION", $"The account's API version. [default: {ApiVersion.Newest.Name}]");

    private static readonly Option<long?> Seed = Inputs.NumberOption(
        "--seed",
        "Makes the run: same seed and same calls, same ids and same weather. [default: 1]",
        min: 0,
        long.MaxValue);

    private static readonly Option<string?> Weather = Inputs.Filter(
        "--weather",
        "calm|mild|rough",
        "What goes wrong by itself: doubled, late, lost and broken deliveries, failing calls. [default: calm]")
        .AcceptOnlyFrom("calm", "mild", "rough");

    private static readonly Option<string?> Load = Inputs.Filter(
        "--load", "FILE", "Goes on with a world that was saved: its version, time, weather and endpoints are kept.");

    private static readonly Option<string?> Save = Inputs.Filter("--save", "FILE", "Saves the world when it ends.");

    private static readonly Option<string?> Scenario = Inputs.Filter(
        "--scenario", "NAME", "Plays this, and then stays.")
        .AcceptOnlyFrom([.. StripeSimulator.Scenarios.Select(scenario => scenario.Name)]);

    private static readonly Option<long?> Customers = Inputs.NumberOption(
        "--customers", "How many play it side by side. [default: 1]", min: 1, ScenarioOptions.MaxCustomers);

    private static readonly Option<long?> Rate = Inputs.NumberOption(
        "--rate", "New customers a second, of storm. [default: 10]", min: 1, ScenarioOptions.MaxRate);

    private static readonly Option<long?> Seconds = Inputs.NumberOption(
        "--seconds", "How long storm lasts. [default: 10]", min: 1, ScenarioOptions.MaxSeconds);

    public static Command Create()
    {
        var command = new Command(
            "simulate", "Runs a Stripe in a box, in memory, until Ctrl-C: no account, no network.")
        {
            Port, Webhook, Secret, Version, Seed, Weather, Load, Save, Scenario, Customers, Rate, Seconds,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        // Ctrl-C is heard from the first wait on, and much of the start waits for nothing.
        await Task.Yield();
        RefuseIdleOptions(parsed);
        var tally = new DeliveryTally();
        var options = OptionsOf(parsed) with { Watch = tally.Note };
        var webhook = WebhookOf(parsed);
        await SavedWorld.TrySaveAsync(parsed.GetValue(Save));
        await using (var simulator = await StartAsync(options, ct))
        {
            await SavedWorld.LoadAsync(simulator, parsed.GetValue(Load), ct);
            await SimulatedEndpoints.OpenAsync(simulator, webhook, parsed.GetValue(Secret), ct);
            await AnnounceAsync(simulator, ct);
            await PlayAsync(parsed, simulator, ct);
            await UntilStoppedAsync(simulator, ct);
            await SavedWorld.SaveAsync(simulator, parsed.GetValue(Save));
        }

        Screen.Line($"Stopped. {tally}");
        return ExitCode.Fine;
    }

    /// <summary>What would change nothing is refused: whoever wrote it believes that it does.</summary>
    private static void RefuseIdleOptions(ParseResult parsed)
    {
        var scenario = parsed.GetValue(Scenario);
        Refuse(parsed.GetValue(Webhook) is null, "--secret signs what goes to --webhook; name both.", Secret);
        Refuse(
            parsed.GetValue(Load) is not null,
            "A world that is loaded has its own version, seed and weather; leave --version, --seed and --weather out.",
            Version, Seed, Weather);
        Refuse(scenario is null, "--customers, --rate and --seconds are of a --scenario; name one.", Customers, Rate, Seconds);
        Refuse(scenario is Storm, "storm takes --rate and --seconds, no --customers.", Customers);
        Refuse(scenario is not Storm, "--rate and --seconds are of storm alone.", Rate, Seconds);

        void Refuse(bool isIdle, string message, params ReadOnlySpan<Option> options)
        {
            foreach (var option in options)
            {
                if (isIdle && parsed.GetResult(option) is not null)
                {
                    throw new VerbException(message);
                }
            }
        }
    }

    private static SimulatorOptions OptionsOf(ParseResult parsed) => new()
    {
        Port = (int)(parsed.GetValue(Port) ?? DefaultPort),
        Seed = parsed.GetValue(Seed) ?? 1,
        Forecast = Forecast.Named(parsed.GetValue(Weather) ?? "calm")!,
        Version = parsed.GetValue(Version) is not { } text ? ApiVersion.Newest
            : ApiVersion.TryParse(text, out var version) ? version
            : throw new VerbException(
                $"\"{text}\" is no version of Stripe's API; write one like {ApiVersion.Newest.Name}."),
    };

    private static Uri? WebhookOf(ParseResult parsed)
    {
        if (parsed.GetValue(Secret) is "")
        {
            throw new VerbException("--secret is empty; leave it out, and one is made and printed.");
        }

        var webhook = parsed.GetValue(Webhook);
        return webhook switch
        {
            null => null,
            _ when Uri.TryCreate(webhook, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" => url,
            _ => throw new VerbException($"\"{webhook}\" is no URL to send events to; write http:// or https://…"),
        };
    }

    private static async Task<StripeSimulator> StartAsync(SimulatorOptions options, CancellationToken ct)
    {
        try
        {
            return await StripeSimulator.StartAsync(options, ct);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new VerbException(
                $"The port {options.Port} of 127.0.0.1 cannot be opened; is another program there? "
                + "Name another with --port, or 0.");
        }
    }

    private static async Task AnnounceAsync(StripeSimulator simulator, CancellationToken ct)
    {
        var url = simulator.Url.ToString().TrimEnd('/');
        Screen.Line($"A simulated Stripe listens on {url}, API version {simulator.Version}.");
        Screen.Line("Give it any key that begins with sk_test_, such as sk_test_anything. Ctrl-C ends it.");
        await SimulatedEndpoints.AnnounceAsync(simulator, ct);
    }

    private static async Task PlayAsync(ParseResult parsed, StripeSimulator simulator, CancellationToken ct)
    {
        if (parsed.GetValue(Scenario) is not { } name)
        {
            return;
        }

        var defaults = new ScenarioOptions();
        try
        {
            var report = await simulator.PlayAsync(
                name,
                new()
                {
                    Customers = (int)(parsed.GetValue(Customers) ?? defaults.Customers),
                    Rate = (int)(parsed.GetValue(Rate) ?? defaults.Rate),
                    Seconds = (int)(parsed.GetValue(Seconds) ?? defaults.Seconds),
                },
                ct);
            Screen.Line(report.Customers is 1
                ? $"Played {name} with one customer:" : $"Played {name} with {report.Customers} customers. The first of them:");
            Screen.Fields([.. report.Objects.Select(note => (note.Key, note.Value))]);
        }
        catch (ScenarioException error)
        {
            throw new VerbException($"{name} could not be played: {error.Message}", ExitCode.Defect);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Screen.Line($"{name} was broken off.");
        }
    }

    private static async Task UntilStoppedAsync(StripeSimulator simulator, CancellationToken ct)
    {
        try
        {
            throw new InvalidOperationException("The simulation has failed.", await simulator.Broken.WaitAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Told to stop, which is how it ends.
        }
    }
}
