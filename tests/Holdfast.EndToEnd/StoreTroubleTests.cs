using System.Diagnostics;
using System.Net;

namespace Holdfast.EndToEnd;

/// <summary>Whatever befalls the store: "try again", soon, and never an acknowledgement of what is not kept.</summary>
[Collection(ServerTests.Name)]
public sealed class StoreTroubleTests
{
    [Fact]
    public async Task A_full_disk_is_told_to_the_sender_and_what_was_acknowledged_outlives_it()
    {
        Assert.SkipUnless(SmallDisk.CanBeMade, "Only root can mount a small disk.");
        using var disk = new SmallDisk(megabytes: 6);
        await File.WriteAllBytesAsync(disk.Ballast, new byte[3 * 1024 * 1024], TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(disk.Url);

        var acknowledged = await Trouble.UntilUnavailableAsync(server);
        File.Delete(disk.Ballast);

        await Trouble.AssertRecoversAsync(server, () => new KeptFile(disk.Database), acknowledged);
    }

    [Fact]
    public async Task A_database_that_may_not_grow_is_told_to_the_sender_and_goes_on_when_it_may()
    {
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(home.Url);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync(HttpMethod.Put, "/host/max-pages/200")).Status);

        var acknowledged = await Trouble.UntilUnavailableAsync(server);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync(HttpMethod.Put, "/host/max-pages/1000000")).Status);

        await Trouble.AssertRecoversAsync(server, () => new KeptFile(home.Database), acknowledged);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_told_to_the_sender_and_goes_on_when_it_can()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Limits on a running process are Linux's.");
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartWithFileLimitsAsErrorsAsync(home.Url);
        var acknowledged = new List<string> { "evt_before" };
        Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(StripeEvent.Of("evt_before"))).Status);

        await LimitFilesAsync(server, "0");
        for (var times = 0; times < 5; times++)
        {
            await Trouble.AssertUnavailableAsync(server, $"evt_lost_{times}");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.CallAsync(HttpMethod.Get, "/readyz")).Status);
        await LimitFilesAsync(server, "unlimited");

        await Trouble.AssertRecoversAsync(server, () => new KeptFile(home.Database), acknowledged);
    }

    [Fact]
    public async Task A_deleted_database_directory_is_never_replaced_by_a_new_database()
    {
        using var home = new TestDirectory();
        var directory = Path.GetDirectoryName(home.Database)!;
        await using var server = await ServerProcess.StartAsync(home.Url);
        Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(StripeEvent.Of("evt_1"))).Status);
        await server.SettledAsync();

        Directory.Delete(directory, recursive: true);
        await Trouble.AssertUnavailableAsync(server, "evt_2");
        await Trouble.AssertUnavailableAsync(server, "evt_3");
        Directory.CreateDirectory(directory);
        await Trouble.AssertUnavailableAsync(server, "evt_4");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.CallAsync(HttpMethod.Get, "/readyz")).Status);
        var events = await server.CallAsync(HttpMethod.Get, "/api/v1/events");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, events.Status);
        Assert.Empty(Directory.GetFileSystemEntries(directory));
        Assert.Equal(0, await server.StopAsync());
        Assert.Empty(Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public async Task A_database_file_that_is_moved_away_is_missed_at_once_and_found_again()
    {
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(home.Url);
        Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(StripeEvent.Of("evt_1"))).Status);
        await server.SettledAsync();

        File.Move(home.Database, home.Database + ".aside");
        await Trouble.AssertUnavailableAsync(server, "evt_2");
        File.Move(home.Database + ".aside", home.Database);

        await Trouble.AssertRecoversAsync(server, () => new KeptFile(home.Database), ["evt_1"]);
    }

    [Fact]
    public async Task Another_file_in_the_place_of_the_database_is_not_written_to()
    {
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(home.Url);
        Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(StripeEvent.Of("evt_1"))).Status);
        await server.SettledAsync();

        // As when somebody puts a backup back under a server that runs.
        File.Move(home.Database, home.Database + ".aside");
        File.Copy(home.Database + ".aside", home.Database);
        var before = await File.ReadAllBytesAsync(home.Database, TestContext.Current.CancellationToken);
        await Trouble.AssertUnavailableAsync(server, "evt_2");
        await Trouble.AssertUnavailableAsync(server, "evt_3");

        await server.StopAsync();
        Assert.Equal(before, await File.ReadAllBytesAsync(home.Database, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_deleted_log_is_noticed_before_anything_is_acknowledged_and_mended_while_others_read()
    {
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(home.Url);
        var acknowledged = new List<string>();
        using var enough = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 8).Select(_ => ReadAsync(server, enough.Token)).ToList();
        for (var times = 0; times < 20; times++)
        {
            var id = $"evt_{times}";
            Assert.Equal(HttpStatusCode.OK, (await server.DeliverAsync(StripeEvent.Of(id, more: Trouble.Filler))).Status);
            acknowledged.Add(id);
            await server.SettledAsync();

            File.Delete(home.Database + "-wal");
            var first = await server.DeliverAsync(StripeEvent.Of($"{id}_next"));
            Assert.True(
                first.Status is HttpStatusCode.ServiceUnavailable || File.Exists(home.Database + "-wal"),
                "It was acknowledged into a log that is gone.");
            await Wait.UntilAsync("deliveries are taken in again", async () =>
                (await server.DeliverAsync(StripeEvent.Of($"{id}_next"))).Status is HttpStatusCode.OK);
            acknowledged.Add($"{id}_next");
        }

        await enough.CancelAsync();
        await Task.WhenAll(readers);
        await Trouble.AssertRecoversAsync(server, () => new KeptFile(home.Database), acknowledged);
    }

    [Fact]
    public async Task When_too_many_deliveries_wait_the_next_ones_are_told_at_once()
    {
        const int Senders = 60;
        const int Room = 8;
        using var home = new TestDirectory();
        await using var server = await ServerProcess.StartAsync(
            home.Url,
            ("POISON_TYPE", "customer.updated"),
            ("POISON_EFFECT", "hangs"),
            ("Holdfast__Jobs__AttemptTimeout", "00:00:07"),
            ("Holdfast__Jobs__Retries__Unexpected__MaxTries", "1"),
            ("Holdfast__Ingest__AnswerWithin", "00:00:10"),
            ("Holdfast__Ingest__MaxGroup", "1"),
            ("Holdfast__Ingest__MaxQueued", $"{Room}"));
        await server.DeliverAsync(StripeEvent.Of("evt_hangs", "customer.updated"));
        await Wait.UntilAsync(
            "the writer is held up", () => server.Output.Contains("The poison works", StringComparison.Ordinal));

        var since = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, Senders).Select(async number =>
        {
            var answer = await server.DeliverAsync(StripeEvent.Of($"evt_{number}"));
            return (answer.Status, since.Elapsed, Event: $"evt_{number}");
        }));

        // One more than there is room for may be in hand. Those that have room wait for the writer, and are stored unless
        // the time for an answer is up before.
        var told = answers.Where(answer =>
            answer.Status is HttpStatusCode.ServiceUnavailable && answer.Elapsed < Trouble.SoonEnough).ToList();
        Assert.InRange(told.Count, Senders - Room - 1, Senders - 1);
        Assert.All(answers.Except(told), answer => Assert.True(
            answer.Status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"It was answered {answer.Status}."));
        foreach (var waited in answers.Except(told))
        {
            await Wait.UntilAsync($"{waited.Event} is stored", async () =>
                (await server.CallAsync(HttpMethod.Get, $"/api/v1/events/{waited.Event}")).Status is HttpStatusCode.OK);
        }
    }

    private static async Task ReadAsync(ServerProcess server, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var answer = await server.CallAsync(HttpMethod.Get, "/api/v1/events?limit=500");
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{answer}");
        }
    }

    private static async Task LimitFilesAsync(ServerProcess server, string bytes)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{server.Id}", $"--fsize={bytes}:"]);
        await prlimit.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, prlimit.ExitCode);
    }
}
