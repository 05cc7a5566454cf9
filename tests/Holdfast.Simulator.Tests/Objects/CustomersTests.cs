using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Objects;

public sealed class CustomersTests
{
    [Fact]
    public async Task Names_of_metadata_may_be_numbers()
    {
        await using var box = await Box.OpenAsync();

        var customer = await box.PostAsync("/v1/customers", "metadata[7]=seven", "metadata[0]=none");

        Assert.Equal("seven", (string?)customer["metadata"]!["7"]);
        await box.RefusedAsync(400, "POST", "/v1/customers", "0=a");
    }

    [Fact]
    public async Task A_new_customer_is_answered_kept_and_told()
    {
        await using var box = await Box.OpenAsync();

        var made = await box.PostAsync("/v1/customers", "email=ada@example.com", "metadata[user]=7");
        var read = await box.GetAsync($"/v1/customers/{made["id"]}");

        Assert.Equal("7", (string?)read["metadata"]!["user"]);
        Assert.Equal(made.ToJsonString(), read.ToJsonString());
        Assert.Equal(["customer.created"], box.Told);
    }

    [Fact]
    public async Task A_change_is_told_with_what_was_before()
    {
        await using var box = await Box.OpenAsync();
        var made = await box.PostAsync("/v1/customers", "name=Ada");

        await box.PostAsync($"/v1/customers/{made["id"]}", "name=Grace", "metadata[a]=b");

        var told = box.LastOf("customer.updated").Show(box.World, box.World.DefaultVersion);
        Assert.Equal("""{"metadata":{"a":null},"name":"Ada"}""", Sorted(told["data"]!["previous_attributes"]!));
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_not_told()
    {
        await using var box = await Box.OpenAsync();
        var made = await box.PostAsync("/v1/customers", "name=Ada");

        await box.PostAsync($"/v1/customers/{made["id"]}", "name=Ada");

        Assert.Equal(["customer.created"], box.Told);
    }

    [Fact]
    public async Task A_parameter_nobody_knows_is_refused_and_changes_nothing()
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/v1/customers", "name=Ada", "shipping[address][planet]=Mars");

        Assert.Equal("parameter_unknown", (string?)error["code"]);
        Assert.Equal("shipping[address][planet]", (string?)error["param"]);
        Assert.Empty((await box.GetAsync("/v1/customers"))["data"]!.AsArray());
        Assert.Empty(box.Told);
    }

    [Fact]
    public async Task A_deleted_customer_leaves_a_stub()
    {
        await using var box = await Box.OpenAsync();
        var made = await box.PostAsync("/v1/customers");

        await box.DeleteAsync($"/v1/customers/{made["id"]}");

        Assert.True((bool)(await box.GetAsync($"/v1/customers/{made["id"]}"))["deleted"]!);
        await box.RefusedAsync(404, "POST", $"/v1/customers/{made["id"]}", "name=Ada");
    }

    private static string Sorted(System.Text.Json.Nodes.JsonNode node) => new System.Text.Json.Nodes.JsonObject(
        node.AsObject().OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))).ToJsonString();
}
