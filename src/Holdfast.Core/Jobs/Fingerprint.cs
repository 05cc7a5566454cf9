using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Jobs;

/// <summary>
/// Failures of one cause have one fingerprint, so that a thousand dead letters read as three groups. It is taken from
/// the kind of failure and the place it came from, or from its reason with the parts left out that differ from job
/// to job.
/// </summary>
internal static class Fingerprint
{
    private const int Length = 12;

    public static string Of(Exception exception)
    {
        var place = exception.StackTrace?.Split('\n', 2)[0].Split(" in ", 2)[0].Trim() ?? "";
        return Of($"{exception.GetType().FullName} {place}");
    }

    /// <summary>Words that carry a digit are ids, amounts or times: they differ, the cause does not.</summary>
    public static string Of(string reason)
    {
        var cause = string.Join(' ', reason.Split(' ').Where(word => !word.Any(char.IsAsciiDigit)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cause)))[..Length];
    }
}
