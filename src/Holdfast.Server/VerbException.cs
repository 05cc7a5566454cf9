namespace Holdfast.Server;

/// <summary>A verb cannot do what it was asked. The message is all that a person gets to see.</summary>
internal sealed class VerbException(string message, int exitCode = ExitCode.CannotRun) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
