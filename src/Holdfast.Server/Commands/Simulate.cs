using System.CommandLine;
using System.Net;
using Holdfast.Server.Output;
using Holdfast.Simulator;
using Holdfast.Simulator.Versions;

namespace Holdfast.Server.Commands;

/// <summary>A simulated Stripe for whoever wants to point a client at it. See docs/simulator.md.</summary>
internal static class Simulate
{
    /// <summary>Where stripe-mock listens too: a client that was set up for it finds the simulator there.</summary>
    private const int DefaultPort = 12111;

    private static readonly Option<long?> Port = Inputs.NumberOption(
        "--port",
        $"The port of the API, on 127.0.0.1 only; 0 takes a free one. [default: {DefaultPort}]",
        min: 0,
        IPEndPoint.MaxPort);

    private static readonly Option<long?> Seed = Inputs.NumberOption(
        "--seed",
        "Makes the run: same seed and same calls, same ids and same weather. [default: 1]",
        min: 0,
        long.MaxValue);

    private static readonly Option<string?> Version = Inputs.Filter(
        "--version", "VERSION", $"The account's API version. [default: {ApiVersion.Newest.Name}]");

    public static Command Create()
    {
        var command = new Command(
            "simulate", "Runs a Stripe in a box, in memory, until Ctrl-C: no account, no network.")
        {
            Port, Seed, Version,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = OptionsOf(parsed);
        await using var simulator = await StartAsync(options, ct);
        var url = simulator.Url.ToString().TrimEnd('/');
        Screen.Line($"A simulated Stripe listens on {url}, API version {options.Version}.");
        Screen.Line("Give it any key that begins with sk_test_, such as sk_test_anything. Ctrl-C ends it.");
        await UntilStoppedAsync(ct);
        return ExitCode.Fine;
    }

    private static SimulatorOptions OptionsOf(ParseResult parsed) => new()
    {
        Port = (int)(parsed.GetValue(Port) ?? DefaultPort),
        Seed = parsed.GetValue(Seed) ?? 1,
        Version = parsed.GetValue(Version) is not { } text ? ApiVersion.Newest
            : ApiVersion.TryParse(text, out var version) ? version
            : throw new VerbException(
                $"\"{text}\" is no version of Stripe's API; write one like {ApiVersion.Newest.Name}."),
    };

    private static async Task<StripeSimulator> StartAsync(SimulatorOptions options, CancellationToken ct)
    {
        try
        {
            return await StripeSimulator.StartAsync(options, ct);
        }
        catch (IOException)
        {
            throw new VerbException(
                $"The port {options.Port} of 127.0.0.1 cannot be opened; is another program there? "
                + "Name another with --port, or 0.");
        }
    }

    private static async Task UntilStoppedAsync(CancellationToken ct)
    {
        var stopped = new TaskCompletionSource();
        await using (ct.Register(stopped.SetResult))
        {
            await stopped.Task;
        }
    }
}
