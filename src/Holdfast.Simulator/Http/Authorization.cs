using System.Text;

namespace Holdfast.Simulator.Http;

/// <summary>Reads the key out of an authorization header: Bearer, or the user's name of Basic.</summary>
internal static class Authorization
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    public static string? KeyOf(string? header)
    {
        if (header?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) is true)
        {
            return header[Bearer.Length..].Trim();
        }

        if (header?.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) is true)
        {
            var bytes = new byte[header.Length];
            return Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out var length)
                ? Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0]
                : null;
        }

        return null;
    }
}
