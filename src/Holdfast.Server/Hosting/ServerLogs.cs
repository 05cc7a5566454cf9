using Microsoft.Extensions.Logging.Console;

namespace Holdfast.Server.Hosting;

/// <summary>One line an event: JSON for programs, plain for a person at a terminal; always UTC.</summary>
internal sealed class ServerLogs
{
    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
    private volatile bool _hasStarted;

    /// <summary>Until then the framework is silent: why a start failed is told once, in a sentence.</summary>
    public bool HasStarted
    {
        get => _hasStarted;
        set => _hasStarted = value;
    }

    public void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        if (Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = Moment.TrimEnd();
            });
        }
        else
        {
            logging.AddSimpleConsole(line =>
            {
                line.SingleLine = true;
                line.UseUtcTimestamp = true;
                line.TimestampFormat = Moment;
            });
        }

        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.Hosting", LogLevel.Warning);

        // These two write whole request lines below Warning, and a query may hold an e-mail address. They are named in
        // full, so that no setting of the section Logging can turn them up.
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.AspNetCore.Server.Kestrel", WhenStarted);
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.Extensions.Hosting.Internal.Host", WhenStarted);
    }

    private bool WhenStarted(LogLevel level) => _hasStarted && level >= LogLevel.Warning;
}
