using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Objects;

/// <summary>Test clocks: time of its own for some customers. https://docs.stripe.com/api/test_clocks</summary>
internal static class TestClocks
{
    /// <summary>https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage</summary>
    private const int MaxCustomers = 3;

    public static readonly ObjectType Type = new("test_helpers.test_clock", "clock", """
        {
          "id": "", "object": "test_helpers.test_clock", "created": 0, "deletes_after": 0, "frozen_time": 0,
          "livemode": false, "name": null, "status": "ready", "status_details": {}
        }
        """);

    public static void Map(Catalog catalog) => catalog.Add(Type);

    public static void MakeRoom(World world, StripeObject clock)
    {
        if (world.All(Customers.Type).Count(customer => customer.Clock == clock.Id) >= MaxCustomers)
        {
            throw Http.ApiError.State($"A test clock can have {MaxCustomers} customers at most.", param: "test_clock");
        }
    }
}
