using Holdfast.Tokens;

namespace Holdfast.AspNetCore.Api;

/// <summary>What a route asks of its caller. The names are ours alone: the application around us has its own.</summary>
internal static class Policies
{
    public const string Viewer = "holdfast:viewer";
    public const string Support = "holdfast:support";
    public const string Operator = "holdfast:operator";
    public const string Admin = "holdfast:admin";

    public static string Of(Role role) => $"holdfast:{TokenStore.NameOf(role)}";
}
