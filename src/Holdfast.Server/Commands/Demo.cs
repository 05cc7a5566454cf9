using System.CommandLine;
using System.Net;
using Holdfast.Server.Demonstration;

namespace Holdfast.Server.Commands;

/// <summary>The first thing a stranger runs: everything at work, without an account, a network or any setup.</summary>
internal static class Demo
{
    private const int MaxMonths = 1200;
    private const int MaxCustomers = 10_000;

    private static readonly Option<long?> Months = Inputs.NumberOption(
        "--months",
        "Ends after so many simulated months: exit code 0 when both sides agree, 1 when not.",
        min: 1,
        MaxMonths);

    private static readonly Option<long?> Customers = Inputs.NumberOption(
        "--customers", "How many new ones come in a month. [default: 20]", min: 1, MaxCustomers);

    private static readonly Option<long?> Seed = Inputs.NumberOption(
        "--seed", "Makes the run: the customers, what they do, the weather. [default: 1]", min: 0, long.MaxValue);

    private static readonly Option<long?> Port = Inputs.NumberOption(
        "--port", "Holdfast's port on 127.0.0.1. [default: 8000, or a free one]", min: 0, IPEndPoint.MaxPort);

    public static Command Create()
    {
        var command = new Command(
            "demo",
            "Shows it all at work: Holdfast, a simulated Stripe, and a shop in mild bad weather. Needs nothing.")
        {
            Months, Customers, Seed, Port,
        };
        command.SetAction(async (parsed, ct) =>
        {
            // Ctrl-C is heard from the first wait on, and much of the start waits for nothing.
            await Task.Yield();
            await using var demo = await DemoRun.StartAsync(
                new()
                {
                    Months = (int?)parsed.GetValue(Months),
                    Customers = (int)(parsed.GetValue(Customers) ?? 20),
                    Seed = parsed.GetValue(Seed) ?? 1,
                    Port = (int?)parsed.GetValue(Port),
                },
                ct);
            return await demo.RunAsync(ct);
        });
        return command;
    }
}
