using System.CommandLine;
using System.CommandLine.Invocation;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Server.Commands;
using Holdfast.Server.Output;
using Holdfast.Storage;

namespace Holdfast.Server;

/// <summary>The verbs, and what becomes of their errors: a sentence on stderr and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>How long a verb may take to stop after Ctrl-C before the process ends without it.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(35);

    public static async Task<int> RunAsync(string[] args)
    {
        // No @file arguments: an account may well be called @something.
        var parsed = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            return parsed.Action switch
            {
                ParseErrorAction when LacksVerb(parsed) => await HelpAsync(args),
                ParseErrorAction error => await MisuseAsync(parsed, error),
                _ => await parsed.InvokeAsync(Invocation(parsed)),
            };
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    private static RootCommand Root() => new(
        "Takes every Stripe webhook event in, keeps it, applies each fact once. All verbs but serve, simulate, demo "
        + "and migrate ask the server at HOLDFAST_SERVER (default http://127.0.0.1:8000) with the token in HOLDFAST_API_TOKEN.")
    {
        Serve.Create(),
        Simulate.Create(),
        Demo.Create(),
        Migrate.Create(),
        new Command("events", "What Stripe has told.")
        {
            EventsList.Create(), EventsShow.Create(), EventsReplay.Create(),
        },
        new Command("dead", "Dead letters: work that was given up and waits for a person.")
        {
            DeadList.Create(), DeadShow.Create(), DeadReplay.Create(), DeadDismiss.Create(),
        },
        new Command("access", "Who may use what.") { AccessCheck.Create() },
        new Command("accounts", "Your customers and the plans they hold.") { AccountsShow.Create() },
        new Command("alerts", "What needs a person now.") { AlertsList.Create(), AlertsAck.Create() },
        new Command("refusals", "Deliveries that were turned away, and why.") { RefusalsList.Create() },
        new Command("calls", "Calls of Stripe's API, and how they ended.") { CallsList.Create() },
        Stats.Create(),
        NodesList.Create(),
        new Command("tokens", "Who may use the API and these verbs.")
        {
            TokensList.Create(), TokensCreate.Create(), TokensRevoke.Create(),
        },
    };

    private static InvocationConfiguration Invocation(ParseResult parsed) => new()
    {
        EnableDefaultExceptionHandler = false,

        // The server's host hears the signals itself, and takes the time that draining needs.
        ProcessTerminationTimeout = parsed.CommandResult.Command.Name is Serve.Name ? null : StopPatience,
    };

    private static bool LacksVerb(ParseResult parsed) =>
        parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count is 0;

    private static async Task<int> HelpAsync(string[] args)
    {
        await Root().Parse([.. args, "--help"]).InvokeAsync(new() { Output = Console.Error });
        return ExitCode.CannotRun;
    }

    private static async Task<int> MisuseAsync(ParseResult parsed, ParseErrorAction error)
    {
        error.ShowHelp = false;
        using var text = new StringWriter();
        await parsed.InvokeAsync(new() { Output = text, Error = text });
        foreach (var line in text.ToString().Split('\n').Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            Say(line.TrimEnd());
        }

        Say("Run it with --help to see what it takes.");
        return ExitCode.CannotRun;
    }

    private static int Report(Exception exception)
    {
        switch (exception)
        {
            case VerbException verb:
                Say(verb.Message);
                return verb.ExitCode;
            case HoldfastConfigurationException configuration:
                foreach (var error in configuration.Errors)
                {
                    Say(error);
                }

                return ExitCode.CannotRun;
            case StoreRefusedException or StoreException:
                Say(exception.Message);
                return ExitCode.CannotRun;
            case OperationCanceledException:
                Say("Stopped.");
                return ExitCode.Interrupted;
            default:
                // Nobody can act on this but us, and we need all of it.
                Say("This is a defect of Holdfast; please report it with these lines.");
                Console.Error.WriteLine(exception);
                return ExitCode.Defect;
        }
    }

    private static void Say(string message) => Console.Error.WriteLine(VisibleText.Of(message));
}
