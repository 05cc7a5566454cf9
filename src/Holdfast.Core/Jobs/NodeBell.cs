using System.Globalization;
using Holdfast.Nodes;
using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>
/// Carries the ring of the doorbell to the other nodes and theirs to this one. All rings of a moment are one message,
/// outside of every transaction that stores something: a message in each would slow all of them down.
/// </summary>
internal sealed class NodeBell(Database database, Doorbell doorbell, ThisNode node, TimeProvider clock)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(TellAsync(stop), database.ListenAsync(Hear, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task TellAsync(CancellationToken stop)
    {
        while (true)
        {
            await doorbell.UntoldAsync(stop);
            await database.NotifyAsync(Name(), stop);
            await Task.Delay(Moment, clock, stop);
        }
    }

    private void Hear(string name)
    {
        if (name != Name())
        {
            doorbell.Hear();
        }
    }

    private string Name() => node.Id.ToString(CultureInfo.InvariantCulture);
}
