using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Http;

/// <summary>
/// Carries a request out, and undoes all of it when it is refused, but for what Stripe keeps too, such as a declined payment.
/// </summary>
internal static class Carriage
{
    public static ApiResponse Carry(World world, Turn turn)
    {
        var operation = new Operation(world, new OperationCause(turn.RequestId, turn.Key));
        string body;
        try
        {
            body = Handle(operation, turn).ToJsonString(Api.Layout);
        }
        catch (ApiError error)
        {
            if (error.KeepsChanges)
            {
                world.Commit(operation);
            }
            else
            {
                operation.Undo();
            }

            turn.IsValidation = error.IsValidation;
            return error.ToResponse(turn.Request.IsV2);
        }
        catch
        {
            operation.Undo();
            throw;
        }

        // What follows upon it, such as a test clock's time, may fail; what was done stands all the same.
        world.Commit(operation);
        return new ApiResponse(200, body);
    }

    private static JsonObject Handle(Operation operation, Turn turn)
    {
        var (world, version) = (operation.World, turn.Version ?? operation.World.DefaultVersion);
        var asked = new Params(Read(turn.Request));
        var expand = turn.Request.IsV2 ? Expansion.None : Expansion.Of(asked.Texts("expand"));
        var answer = turn.Found.Handler(new Call(operation, asked, turn.Found.Values, turn.Request, version));
        asked.RefuseUnread();
        if (turn.Request.Method is "GET")
        {
            answer = world.StaleReads.View(world, answer);
        }

        return answer switch
        {
            Answer.One one => Rendering.Render(world, one.Body, version, expand),
            Answer.Many many => Rendering.Render(world, many.Page, version, expand),
            Answer.Plain plain => plain.Body,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static JsonObject Read(ApiRequest request)
    {
        if (!request.IsV2 || request.Method is "GET")
        {
            var form = request.Method is "POST" ? Api.Join(request.Query, request.Body) : request.Query;
            return FormReader.Read(request.IsV2 ? FormReader.WithRepeats(form) : form);
        }

        try
        {
            return request.Body.Length == 0 ? [] : JsonNode.Parse(request.Body) as JsonObject
                ?? throw ApiError.Invalid("", "The body is no JSON object.");
        }
        catch (JsonException error)
        {
            throw ApiError.Invalid("", $"The body is no JSON: {error.Message}");
        }
    }
}
