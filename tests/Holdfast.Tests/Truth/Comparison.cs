using System.Text.Json.Nodes;
using Holdfast.Simulator;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;
using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Truth;

/// <summary>Every object that was told of or is held, at Stripe and in the mirror, field for field.</summary>
/// <remarks>
/// Stripe changes some objects without an event. Held as it was told is then right in one case only: no answer of Stripe's
/// about it has shown the change either. Then nobody could know of it.
/// </remarks>
internal sealed class Comparison
{
    private readonly List<Difference> _differences = [];

    public int Objects { get; private set; }

    /// <summary>Changed at Stripe since they were told of, which nobody could know.</summary>
    public int Unknowable { get; private set; }

    public IReadOnlyList<Difference> Differences => _differences;

    public static async Task<Comparison> MakeAsync(StripeSimulator stripe, Line line, TestDatabase store)
    {
        var comparison = new Comparison();
        var held = await ReadAsync(store);
        foreach (var item in stripe.World.Everything().Where(item => item.Told is not null))
        {
            comparison.Objects++;
            if (!held.Remove((item.Type.Name, item.Id), out var row))
            {
                comparison._differences.Add(new($"{item} was told of and is not held", IsInDoubt: false));
                continue;
            }

            comparison.Compare(stripe.World, item, row, line.LastShown(item.Id));
        }

        foreach (var row in held.Values)
        {
            comparison.Objects++;
            await comparison.CompareAsync(stripe, row);
        }

        return comparison;
    }

    private void Compare(World world, StripeObject item, HeldRow row, JsonObject? lastShown)
    {
        var version = row.ApiVersion is { } name ? ApiVersion.Of(name) : world.DefaultVersion;
        if (row.IsDeleted)
        {
            Differ(row, "is held as deleted and is there");
        }
        else if (!JsonNode.DeepEquals(Rendering.Render(world, item.Body, version, Expansion.None), row.Body))
        {
            var isAsTold = JsonNode.DeepEquals(Rendering.Render(world, item.Told!, version, Expansion.None), row.Body);
            if (isAsTold && (lastShown is null || JsonNode.DeepEquals(lastShown, row.Body)))
            {
                Unknowable++;
            }
            else
            {
                Differ(row, $"is not the same{(isAsTold ? ", but as it was told" : "")}: "
                    + string.Join("; ", Fields(Rendering.Render(world, item.Body, version, Expansion.None), row.Body)));
            }
        }
    }

    /// <summary>One that no event told of in this shape, or that is gone: Stripe is asked, as anybody may ask it.</summary>
    private async Task CompareAsync(StripeSimulator stripe, HeldRow row)
    {
        var path = $"/v1/{row.Type.Replace('.', '/')}s/{row.Id}";
        var answer = await stripe.CallAsync(
            new ApiRequest("GET", path) { Key = WiredEngine.Key, Version = row.ApiVersion },
            TestContext.Current.CancellationToken);
        var isGone = answer.Status is 404 || answer.Json["deleted"] is not null;
        if (answer.Status is not (200 or 404))
        {
            Differ(row, $"cannot be compared: GET {path} is answered {answer.Status}");
        }
        else if (isGone != row.IsDeleted)
        {
            Differ(row, isGone ? "is gone and is held" : "is held as deleted and is there");
        }
        else if (!isGone && !JsonNode.DeepEquals(answer.Json, row.Body))
        {
            Differ(row, $"is not the same: {string.Join("; ", Fields(answer.Json, row.Body))}");
        }
    }

    private void Differ(HeldRow row, string how) => _differences.Add(new(
        $"{row.Type} {row.Id} {how} (source {row.Source}, in doubt {row.IsInDoubt}, confirmed {row.IsConfirmed}, "
        + $"as of {row.AsOf:O})",
        row.IsInDoubt));

    private static IEnumerable<string> Fields(JsonNode? atStripe, JsonNode? held, string path = "")
    {
        if (atStripe is JsonObject one && held is JsonObject other)
        {
            return one.Select(field => field.Key).Union(other.Select(field => field.Key))
                .SelectMany(name => Fields(one[name], other[name], $"{path}.{name}"));
        }

        if (atStripe is JsonArray list && held is JsonArray listHeld && list.Count == listHeld.Count)
        {
            return Enumerable.Range(0, list.Count).SelectMany(i => Fields(list[i], listHeld[i], $"{path}[{i}]"));
        }

        return JsonNode.DeepEquals(atStripe, held)
            ? []
            : [$"{path.TrimStart('.')} is {atStripe?.ToJsonString() ?? "null"}, held {held?.ToJsonString() ?? "null"}"];
    }

    private static async Task<Dictionary<(string Type, string Id), HeldRow>> ReadAsync(TestDatabase store)
    {
        var statement = new Statement("Truth", store.Say(
            """
            select type, id, cast(body as blob), api_version, deleted, in_doubt, confirmed, source, as_of from objects
            """,
            """
            select type, id, convert_to(body::text, 'UTF8'), api_version, deleted, in_doubt, confirmed, source, as_of
            from objects
            """));
        var rows = await store.ReadAsync(session => session.QueryAsync(statement, row => new HeldRow(
            row.Text(0), row.Text(1), JsonNode.Parse(row.Bytes(2))!.AsObject(), row.TextOrNull(3), row.Flag(4),
            row.Flag(5), row.Flag(6), row.Text(7), row.Moment(8))));
        return rows.ToDictionary(row => (row.Type, row.Id));
    }

    /// <param name="IsInDoubt">Holdfast says so itself.</param>
    public sealed record Difference(string How, bool IsInDoubt)
    {
        public override string ToString() => How;
    }

    private sealed record HeldRow(
        string Type, string Id, JsonObject Body, string? ApiVersion, bool IsDeleted, bool IsInDoubt, bool IsConfirmed,
        string Source, DateTimeOffset AsOf);
}
