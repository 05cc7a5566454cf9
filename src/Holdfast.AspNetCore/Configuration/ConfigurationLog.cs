using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Configuration;

internal static partial class ConfigurationLog
{
    [LoggerMessage(8001, LogLevel.Information, "The configuration changed; {Count} signing secrets are accepted now, and "
        + "Stripe is asked with {Keys} keys.")]
    public static partial void SecretsReplaced(ILogger log, int count, int keys);

    [LoggerMessage(8002, LogLevel.Error, "The configuration changed to one that cannot be used; the secrets and keys "
        + "that cannot be replaced stay as they were.")]
    public static partial void SecretsKept(ILogger log, Exception exception);
}
