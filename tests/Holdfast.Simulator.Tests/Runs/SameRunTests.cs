using System.Text.Json.Nodes;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Runs;

public sealed class SameRunTests
{
    private const int Steps = 12;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_seed_and_the_same_calls_make_the_same_run_to_the_byte()
    {
        var one = await PlayAsync(seed: 7);
        var two = await PlayAsync(seed: 7);

        Assert.Contains("500", one, StringComparison.Ordinal);
        Assert.Contains("customer.subscription.created", one, StringComparison.Ordinal);
        Assert.Equal(one, two);
    }

    [Fact]
    public async Task Another_seed_makes_another_run() =>
        Assert.NotEqual(await PlayAsync(seed: 7), await PlayAsync(seed: 8));

    [Fact]
    public async Task A_run_that_was_saved_and_loaded_elsewhere_goes_on_as_if_nothing_had_happened()
    {
        var run = new Run();
        await using var receiver = await Receiver.OpenAsync();
        receiver.AnswersTo = run.Answer;
        string saved;
        await using (var box = await OpenAsync(receiver, seed: 7))
        {
            for (var i = 1; i <= Steps / 2; i++)
            {
                await run.StepAsync(box, i);
            }

            saved = (await box.SendAsync("GET", "/_simulator/state")).Body;
        }

        await using (var box = await Box.OpenAsync(new SimulatorOptions { Seed = 99 }))
        {
            await box.PostAsync("/v1/customers", "name=Not+of+this+world");
            var loaded = await box.SendAsync(new("POST", "/_simulator/state") { Body = saved });
            Assert.True(loaded.Status is 200, loaded.Body);
            Assert.Equal(saved, (await box.SendAsync("GET", "/_simulator/state")).Body);
            for (var i = Steps / 2 + 1; i <= Steps; i++)
            {
                await run.StepAsync(box, i);
            }
        }

        Assert.Equal(Hostless(await PlayAsync(seed: 7)), Hostless(run.Seen));
    }

    [Fact]
    public async Task A_reset_begins_the_same_run_again()
    {
        await using var box = await Box.OpenAsync();
        var first = await box.PostAsync("/v1/customers", "name=Ada");
        await using (var other = await Box.OpenAsync(
            new SimulatorOptions { Seed = 99, Version = ApiVersion.Of("2025-03-31.basil") }))
        {
            await box.Simulator.LoadAsync(await other.Simulator.SaveAsync(Ct), Ct);
        }

        await box.PostAsync("/_simulator/weather", "preset=rough");

        await box.PostAsync("/_simulator/reset");
        Assert.Empty(box.Told);
        Assert.Equal((1, Forecast.Calm, ApiVersion.Newest), (box.World.Seed, box.World.Forecast, box.World.DefaultVersion));
        var again = await box.PostAsync("/v1/customers", "name=Ada");

        Assert.Equal(first.ToJsonString(), again.ToJsonString());
    }

    [Fact]
    public async Task What_was_under_way_when_the_world_began_anew_is_no_part_of_it()
    {
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(new Uri("http://127.0.0.1:9/"), ct: Ct);
        await box.PostAsync("/v1/customers");
        using var courier = new Courier(box.World, new FrozenTime());
        var parcel = courier.Take(box.World.Outbox.Next(long.MaxValue)!)!;

        await box.Simulator.ResetAsync(Ct);
        courier.Note(parcel, new Arrived(500, null));

        Assert.Empty(box.World.Deliveries.Latest);
        Assert.Equal(0, box.World.Outbox.Count);
    }

    [Theory]
    [InlineData("objects", """[{"type":"customer","body":7}]""")]
    [InlineData("chances", "7")]
    [InlineData("outbox", """{"sequence":"x","data":7}""")]
    [InlineData("timeline", """{"sequence":1,"data":[{"at":1,"sequence":1,"clock":null,"kind":"unicorn","id":"x"}]}""")]
    [InlineData("settings", "[]")]
    public async Task Whatever_is_wrong_with_a_state_all_is_as_it_was(string part, string wrong)
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/v1/customers", "name=Ada");
        var before = await box.Simulator.SaveAsync(Ct);
        var saved = (JsonObject)before.DeepClone();
        saved[part] = JsonNode.Parse(wrong);

        await Assert.ThrowsAnyAsync<SimulatorException>(() => box.Simulator.LoadAsync(saved, Ct));

        Assert.Equal(before.ToJsonString(), (await box.Simulator.SaveAsync(Ct)).ToJsonString());
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_changes_nothing()
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/v1/customers", "name=Ada");
        var saved = (await box.SendAsync("GET", "/_simulator/state")).Json;
        saved["objects"]![0]!["type"] = "unicorn";

        var refused = await box.SendAsync(new("POST", "/_simulator/state") { Body = saved.ToJsonString() });
        var nonsense = await box.SendAsync(new("POST", "/_simulator/state") { Body = "{}" });

        Assert.Equal((400, 400), (refused.Status, nonsense.Status));
        Assert.Single((await box.GetAsync("/v1/customers"))["data"]!.AsArray());
    }

    private static async Task<string> PlayAsync(long seed)
    {
        var run = new Run();
        await using var receiver = await Receiver.OpenAsync();
        receiver.AnswersTo = run.Answer;
        await using var box = await OpenAsync(receiver, seed);
        for (var i = 1; i <= Steps; i++)
        {
            await run.StepAsync(box, i);
        }

        return run.Seen;
    }

    private static async Task<Box> OpenAsync(Receiver receiver, long seed)
    {
        var box = await Box.OpenAsync(Run.Rough(seed));
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        return box;
    }

    /// <summary>Nothing seen names the receiver's port; this says so.</summary>
    private static string Hostless(string seen)
    {
        Assert.DoesNotContain("127.0.0.1:", seen, StringComparison.Ordinal);
        return seen;
    }
}
