using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Scenarios;

/// <summary>Scenarios for tests in any language: <c>POST /_simulator/scenarios/renewal</c>.</summary>
internal static class ScenarioRoutes
{
    public static void Map(Control control, StripeSimulator simulator)
    {
        control.Get("scenarios", _ => Task.FromResult<JsonNode>(new JsonObject
        {
            ["data"] = new JsonArray([.. ScenarioBook.All.Select(scenario => new JsonObject
            {
                ["name"] = scenario.Name,
                ["summary"] = scenario.Summary,
            })]),
        }));
        foreach (var scenario in ScenarioBook.All)
        {
            control.Post($"scenarios/{scenario.Name}", call => PlayAsync(simulator, scenario, call));
        }
    }

    private static async Task<JsonNode> PlayAsync(StripeSimulator simulator, Scenario scenario, ControlCall call)
    {
        var options = new ScenarioOptions();
        options = scenario == Storm.Scenario
            ? options with
            {
                Rate = Number(call.Params, "rate", ScenarioOptions.MaxRate) ?? options.Rate,
                Seconds = Number(call.Params, "seconds", ScenarioOptions.MaxSeconds) ?? options.Seconds,
            }
            : options with
            {
                Customers = Number(call.Params, "customers", ScenarioOptions.MaxCustomers) ?? options.Customers,
            };
        call.Params.RefuseUnread();
        try
        {
            var report = await simulator.PlayAsync(scenario.Name, options, call.Cancelled);
            return new JsonObject
            {
                ["scenario"] = scenario.Name,
                ["customers"] = report.Customers,
                ["objects"] = new JsonObject(
                    report.Objects.Select(note => KeyValuePair.Create(note.Key, (JsonNode?)note.Value))),
            };
        }
        catch (ScenarioException error)
        {
            throw ApiError.State(error.Message);
        }
    }

    private static int? Number(Params asked, string name, int max) => asked.Integer(name) switch
    {
        null => null,
        var number when number >= 1 && number <= max => (int)number,
        _ => throw ApiError.Invalid(name, $"Invalid {name}: must be between 1 and {max}."),
    };
}
