using Holdfast.Access;

namespace Holdfast.AspNetCore.Configuration;

/// <summary>Reads <c>plans.json</c> from where the settings say.</summary>
internal static class PlansFileLoader
{
    /// <exception cref="HoldfastConfigurationException">It is not there, or not right; every error is in it.</exception>
    public static Plans Load(HoldfastSettings settings)
    {
        var path = settings.PlansPath;
        if (!File.Exists(path))
        {
            return settings.PlansAreNamed
                ? throw new HoldfastConfigurationException(
                    [$"HOLDFAST_PLANS names {path}, which is not there. Put plans.json there, or correct the path."])
                : new Plans([], PastDuePolicy.Keep);
        }

        return Plans.Parse(File.ReadAllBytes(path)) switch
        {
            PlansFile.Valid(var plans) => plans,
            PlansFile.Invalid(var errors) => throw new HoldfastConfigurationException(
                [$"{path} cannot be used:", .. errors.Select(error => $"  {error}")]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
