using Microsoft.Extensions.Logging;

namespace Holdfast.AspNetCore.Configuration;

internal static partial class ConfigurationLog
{
    [LoggerMessage(8001, LogLevel.Information, "The configuration changed; {Count} signing secrets are accepted now.")]
    public static partial void SecretsReplaced(ILogger log, int count);

    [LoggerMessage(8002, LogLevel.Error, "The configuration changed to one that cannot be used; the secrets stay as they were.")]
    public static partial void SecretsKept(ILogger log, Exception exception);
}
