using Holdfast.Simulator;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Tests.Truth;

/// <summary>
/// Does at Stripe what makes order hard to tell: changes things several times within a second, and back again, and deletes
/// what was only just made. In bad weather a deed may fail, and is left at that.
/// </summary>
internal sealed class Shopkeeper(StripeSimulator stripe, Random chance)
{
    private const int Most = 4;

    public async Task ActAsync()
    {
        switch (chance.Next(5))
        {
            case 0:
                await MakeAndDeleteAsync();
                break;
            case 1:
                await ToggleAsync("/v1/products", Products.Type);
                break;
            case 2:
                await ToggleAsync("/v1/customers", Customers.Type);
                break;
            default:
                await ToggleAsync("/v1/subscriptions", Subscriptions.Type);
                break;
        }
    }

    /// <summary>Somebody goes for good; their subscriptions end with that.</summary>
    public async Task DeleteACustomerAsync()
    {
        if (Any(Customers.Type) is { } customer)
        {
            await CallAsync("DELETE", $"/v1/customers/{customer.Id}");
        }
    }

    /// <summary>A, B, and now and then A again.</summary>
    private async Task ToggleAsync(string path, ObjectType type)
    {
        if (Any(type) is not { } item)
        {
            return;
        }

        for (var times = 1 + chance.Next(Most); times > 0; times--)
        {
            await CallAsync("POST", $"{path}/{item.Id}", $"metadata[mood]={(times % 2 is 0 ? "good" : "bad")}");
        }
    }

    private async Task MakeAndDeleteAsync()
    {
        var made = await CallAsync("POST", "/v1/products", "name=Soon+gone");
        if (made.Status is 200)
        {
            await CallAsync("DELETE", $"/v1/products/{made.Json["id"]}");
        }
    }

    private StripeObject? Any(ObjectType type) =>
        stripe.World.All(type) is { Count: > 0 } all ? all[chance.Next(all.Count)] : null;

    private Task<ApiResponse> CallAsync(string method, string path, string body = "") => stripe.CallAsync(
        new ApiRequest(method, path) { Body = body, Key = "sk_test_of_the_shopkeeper" },
        TestContext.Current.CancellationToken);
}
