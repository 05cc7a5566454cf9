using System.Diagnostics;
using Holdfast.Apply;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;

namespace Holdfast.EndToEnd.Host;

/// <summary>
/// Applies events as the product does, and then comes to grief over one type of event. As all is applied by then, it
/// also shows that a batch that fails leaves nothing behind.
/// </summary>
internal sealed class PoisonedHandler(EventJobHandler inner, EventStore events, IConfiguration configuration)
    : BatchHandler
{
    private readonly string _type = configuration["POISON_TYPE"]!;
    private readonly string _effect = configuration["POISON_EFFECT"]!;

    public override string Kind => inner.Kind;

    public override async Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs)
    {
        var outcomes = await inner.ApplyAsync(session, jobs);
        var stored = await events.LoadAsync(session, [.. jobs.Select(job => job.Subject)]);
        if (stored.Values.Any(one => one.Type == _type))
        {
            Console.WriteLine($"The poison works among {jobs.Count}.");
            await SufferAsync();
        }

        return outcomes;
    }

    public override void OnCommitted(IReadOnlyList<Job> jobs) => inner.OnCommitted(jobs);

    private Task SufferAsync()
    {
        switch (_effect)
        {
            case "throws":
                throw new InvalidOperationException("This event cannot be applied.");
            case "hangs":
                return Task.Delay(Timeout.Infinite);
            case "loops":
                while (true)
                {
                    Thread.SpinWait(1000);
                }

            case "kills":
                Process.GetCurrentProcess().Kill();
                return Task.Delay(Timeout.Infinite);
            default:
                throw new InvalidOperationException(
                    $"POISON_EFFECT is {_effect}: write throws, hangs, loops or kills.");
        }
    }
}
