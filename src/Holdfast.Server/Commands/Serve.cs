using System.CommandLine;
using Holdfast.Server.Hosting;

namespace Holdfast.Server.Commands;

internal static class Serve
{
    public const string Name = "serve";

    public static Command Create()
    {
        var command = new Command(Name, "Runs the server until SIGTERM or Ctrl-C; then finishes what is in hand.");
        command.SetAction((_, _) => ServerHost.RunAsync());
        return command;
    }
}
