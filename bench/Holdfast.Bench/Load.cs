using System.Diagnostics;
using System.Threading.Channels;

namespace Holdfast.Bench;

/// <summary>Writes one request into the buffer.</summary>
/// <returns>Its length.</returns>
internal delegate int NextRequest(Span<byte> request, Span<byte> scratch);

/// <summary>Sixty-four connections that deliver or ask.</summary>
internal static class Load
{
    public const int Connections = 64;

    private const int Ok = 200;

    /// <summary>Each connection sends its next request when it has the answer to the last: how much it can.</summary>
    /// <param name="ports">The nodes; each gets its share of the connections.</param>
    public static async Task<Latencies> ClosedAsync(IReadOnlyList<int> ports, TimeSpan length, NextRequest next)
    {
        var start = Stopwatch.GetTimestamp();
        var parts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(async () =>
        {
            using var wire = await Wire.OpenAsync(ports[number % ports.Count]);
            var (request, scratch, taken) = Buffers();
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                var size = next(request, scratch);
                var sent = Stopwatch.GetTimestamp();
                var status = await wire.AskAsync(request.AsMemory(0, size));
                taken.Add(Stopwatch.GetTimestamp() - sent, status is Ok);
            }

            return taken;
        })));
        return Latencies.Together(parts, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>
    /// So many a second, however slow the answers are. Each one's time counts from the moment it was due, so that a
    /// server that stands still cannot hide the requests it kept from being sent.
    /// </summary>
    public static async Task<Latencies> OpenAsync(
        IReadOnlyList<int> ports, int perSecond, TimeSpan length, NextRequest next)
    {
        var due = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var start = Stopwatch.GetTimestamp();
        var clock = new Thread(() => Tell(due.Writer, perSecond, start, length));
        clock.Start();
        var parts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(async () =>
        {
            using var wire = await Wire.OpenAsync(ports[number % ports.Count]);
            var (request, scratch, taken) = Buffers();
            await foreach (var dueAt in due.Reader.ReadAllAsync())
            {
                var size = next(request, scratch);
                var status = await wire.AskAsync(request.AsMemory(0, size));
                taken.Add(Stopwatch.GetTimestamp() - dueAt, status is Ok);
            }

            return taken;
        })));
        return Latencies.Together(parts, Stopwatch.GetElapsedTime(start));
    }

    private static void Tell(ChannelWriter<long> due, int perSecond, long start, TimeSpan length)
    {
        var count = (long)(perSecond * length.TotalSeconds);
        for (long told = 0; told < count;)
        {
            var now = Stopwatch.GetTimestamp();
            for (; told < count && DueAt(told) <= now; told++)
            {
                due.TryWrite(DueAt(told));
            }

            Thread.Sleep(1);
        }

        due.Complete();

        long DueAt(long number) => start + (number * Stopwatch.Frequency / perSecond);
    }

    private static (byte[] Request, byte[] Scratch, Latencies Taken) Buffers() =>
        (new byte[Workload.MaxRequestLength], new byte[Workload.MaxRequestLength], new());
}
