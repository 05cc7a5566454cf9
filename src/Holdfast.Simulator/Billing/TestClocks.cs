using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>Test clocks: time of its own for some customers. https://docs.stripe.com/api/test_clocks</summary>
internal static class TestClocks
{
    private const string Expire = "test_clock.expire";
    private const long LifeSeconds = 30L * 24 * 60 * 60;

    /// <summary>https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage</summary>
    private const int MaxCustomers = 3;

    public static readonly ObjectType Type = new("test_helpers.test_clock", "clock", """
        {
          "id": "", "object": "test_helpers.test_clock", "created": 0, "deletes_after": 0, "frozen_time": 0,
          "livemode": false, "name": null, "status": "ready", "status_details": {}
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/test_helpers/test_clocks", Create);
        catalog.Get("/v1/test_helpers/test_clocks", call => new Answer.Many(call.List(Type)));
        catalog.Get("/v1/test_helpers/test_clocks/{clock}", call => Answer.Of(Named(call)));
        catalog.Delete("/v1/test_helpers/test_clocks/{clock}", call =>
        {
            var clock = Named(call);
            Delete(call.Operation, clock);
            return Answer.Deleted(clock);
        });
        catalog.Post("/v1/test_helpers/test_clocks/{clock}/advance", Advance);
        catalog.When(Expire, Delete);
    }

    public static void MakeRoom(World world, StripeObject clock)
    {
        if (world.All(Customers.Type).Count(customer => customer.Clock == clock.Id) >= MaxCustomers)
        {
            throw ApiError.State($"A test clock can have {MaxCustomers} customers at most.", param: "test_clock");
        }
    }

    private static StripeObject Named(Call call) => call.Named(Type, "clock", "test_clock");

    private static Answer Create(Call call)
    {
        var time = call.Params.RequiredInteger("frozen_time");
        if (call.Params.Text("customer") is { Length: > 0 })
        {
            throw ApiError.Unsupported("moving a customer onto a test clock", "customer");
        }

        var fields = new JsonObject
        {
            ["deletes_after"] = call.World.Now(null) + LifeSeconds,
            ["frozen_time"] = time,
        };
        call.Params.Set(fields, "name");
        var clock = call.Operation.Create(Type, fields);
        call.Operation.UpdateHidden(clock, hidden => hidden["now"] = time);
        call.Operation.Tell("test_helpers.test_clock.created", clock);
        call.Operation.Plan(clock.Number("deletes_after"), Expire, clock);
        return Answer.Of(clock);
    }

    /// <summary>Answers before the time has passed; what passes comes right after.</summary>
    private static Answer Advance(Call call)
    {
        var (clock, until) = (Named(call), call.Params.RequiredInteger("frozen_time"));
        if (clock.Status is not "ready")
        {
            throw ApiError.State($"A test clock that is {clock.Status} cannot be advanced.", param: "test_clock");
        }

        var from = clock.Number("frozen_time");
        if (until <= from)
        {
            throw ApiError.State("A test clock can only be advanced to a later time than its current frozen_time.",
                param: "frozen_time");
        }

        if (until > Farthest(call.World, clock, from))
        {
            throw ApiError.State(
                "You cannot advance a test clock by more than two intervals of the shortest subscription on it at a "
                + "time, or by two years when there is none.", param: "frozen_time");
        }

        call.Operation.Update(clock, body =>
        {
            body["status"] = "advancing";
            body["status_details"] = new JsonObject
            {
                ["advancing"] = new JsonObject { ["target_frozen_time"] = until },
            };
        });
        call.Operation.Tell("test_helpers.test_clock.advancing", clock);
        call.Operation.Afterwards(world => Pass(world, clock, until));
        return Answer.Of(clock);
    }

    private static long Farthest(World world, StripeObject clock, long from) => world.All(Subscriptions.Type)
        .Where(subscription => subscription.Clock == clock.Id && !Subscriptions.IsOver(subscription))
        .Select(subscription => Cycle.Of(from, Renewal.FirstPrice(subscription)).Begin(2))
        .DefaultIfEmpty(new Cycle(from, "year", 1).Begin(2))
        .Min();

    private static void Pass(World world, StripeObject clock, long until)
    {
        try
        {
            Passage.Run(world, clock.Id, until, moment => clock.Hidden["now"] = moment);
        }
        catch
        {
            Stand(world, clock, clock.Hidden.Number("now") ?? until, "internal_failure");
            throw;
        }

        Stand(world, clock, until, "ready");
    }

    private static void Stand(World world, StripeObject clock, long at, string status)
    {
        var operation = new Operation(world, OperationCause.Time);
        operation.Update(clock, body =>
        {
            body["frozen_time"] = at;
            body["status"] = status;
            body["status_details"] = new JsonObject();
        });
        operation.Tell($"test_helpers.test_clock.{status}", clock);
        world.Commit(operation);
    }

    /// <summary>With its customers, whose subscriptions end.</summary>
    private static void Delete(Operation operation, StripeObject clock)
    {
        foreach (var customer in operation.World.All(Customers.Type).Where(one => one.Clock == clock.Id).ToArray())
        {
            Customers.Remove(operation, customer);
        }

        operation.Unplan(Expire, clock);
        operation.UnplanAll(clock.Id);
        operation.Tell("test_helpers.test_clock.deleted", clock);
        operation.Remove(clock);
    }
}
