namespace Holdfast.AspNetCore.Configuration;

/// <summary>The configuration cannot be used. The message names each setting and says what to do.</summary>
public sealed class HoldfastConfigurationException(IReadOnlyList<string> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
