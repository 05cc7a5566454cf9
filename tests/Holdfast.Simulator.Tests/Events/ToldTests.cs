using Holdfast.Simulator.State;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Events;

public sealed class ToldTests
{
    [Fact]
    public async Task What_an_event_told_of_is_shown_as_it_is_now()
    {
        await using var box = await Box.OpenAsync();
        var made = await box.PostAsync("/v1/customers", "name=Ada");
        var changed = await box.PostAsync($"/v1/customers/{made["id"]}", "name=Grace");

        var told = Assert.Single((await box.GetAsync("/_simulator/told", "type=customer")).Objects("data"));

        Assert.Equal(made.Text("id"), told.Text("id"));
        Assert.Null(told["told"]);
        Assert.Equal(changed.ToJsonString(), told["object"]!.ToJsonString());
    }

    [Fact]
    public async Task What_no_event_told_of_is_not_shown()
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/v1/payment_methods", "type=card", "card[token]=tok_visa");

        Assert.Empty((await box.GetAsync("/_simulator/told")).Objects("data"));
    }

    [Fact]
    public async Task A_version_that_is_none_is_refused()
    {
        await using var box = await Box.OpenAsync();

        await box.RefusedAsync(400, "GET", "/_simulator/told", "version=newest");
    }
}
