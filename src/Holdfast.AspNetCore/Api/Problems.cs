using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Holdfast.AspNetCore.Api;

/// <summary>The errors of the API: what happened, to which id, what to do next.</summary>
internal static class Problems
{
    public static ProblemHttpResult NotFound(string what) =>
        TypedResults.Problem(what, statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult BadRequest(string what) =>
        TypedResults.Problem(what, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult Conflict(string what) =>
        TypedResults.Problem(what, statusCode: StatusCodes.Status409Conflict);

    public static ProblemHttpResult StoreTrouble() => TypedResults.Problem(
        "The store cannot be used now. Try again; the server's log says what is wrong.",
        statusCode: StatusCodes.Status503ServiceUnavailable);

    public static ProblemHttpResult BadPage() => BadRequest(
        $"\"limit\" is 1 to {PageRequest.MaxLimit}, and \"cursor\" is the next_cursor of the page before.");
}
