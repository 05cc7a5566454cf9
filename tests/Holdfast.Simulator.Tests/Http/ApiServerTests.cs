using System.Net;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Http;

public sealed class ApiServerTests
{
    [Fact]
    public async Task A_fault_of_the_simulators_own_says_that_it_is_one()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers");
        box.World.Timeline.Plan(box.World.Now(null) + 1, null, "something nobody knows", (string)customer["id"]!);
        using var client = new HttpClient();

        using var form = new FormUrlEncodedContent([KeyValuePair.Create("seconds", "2")]);
        using var answer = await client.PostAsync(
            new Uri(box.Simulator.Url, "/_simulator/advance"), form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains(
            "simulator_failed", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }
}
