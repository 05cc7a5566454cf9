using System.CommandLine;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Server.Hosting;
using Holdfast.Server.Output;
using Holdfast.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Server.Commands;

internal static class Migrate
{
    private static readonly Statement Steps = new(
        nameof(Steps), "select name, applied_at from migrations order by number");

    public static Command Create()
    {
        var command = new Command(
            "migrate", "Makes the database, or brings its schema up to this version. serve does so too.");
        command.SetAction((_, ct) => RunAsync(ct));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken ct)
    {
        // Not as in production: a signing secret has nothing to do with the schema.
        var settings = HoldfastSettings.Read(ServerConfiguration.Builder().Configuration, isProduction: false);
        var clock = settings.Store.ClockOver(TimeProvider.System);
        var began = clock.GetUtcNow();
        await using var database = settings.Store.Open(clock, NullLoggerFactory.Instance);
        await database.OpenAsync(ct);
        var steps = await database.ReadAsync(
            session => session.QueryAsync(Steps, row => (Name: row.Text(0), IsNew: row.Moment(1) >= Whole(began))), ct);
        foreach (var step in steps.Where(step => step.IsNew))
        {
            Screen.Line($"Applied {step.Name}.");
        }

        Screen.Line($"{settings.Store} is up to date: {steps.Count} schema step(s), "
            + $"{steps.Count(step => step.IsNew)} of them new.");
        return ExitCode.Fine;
    }

    /// <summary>As the database keeps moments: without what is smaller than a millisecond.</summary>
    private static DateTimeOffset Whole(DateTimeOffset moment) =>
        DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());
}
