namespace Holdfast.Server;

/// <summary>What the shell learns; docs/cli.md promises it.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>The answer is no: access is not allowed, nothing has the id that was asked for, or a node is missed.</summary>
    public const int Found = 1;

    /// <summary>Misuse, or it could not run.</summary>
    public const int CannotRun = 2;

    /// <summary>A defect of ours; BSD's EX_SOFTWARE.</summary>
    public const int Defect = 70;

    /// <summary>Stopped by Ctrl-C before the end, as shells count it.</summary>
    public const int Interrupted = 130;
}
