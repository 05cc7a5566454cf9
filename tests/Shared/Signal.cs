using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Holdfast.Testing;

/// <summary>Signals by their Linux numbers.</summary>
internal enum Signal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static class Signals
{
    /// <exception cref="Win32Exception">There is no such process.</exception>
    public static void Send(int process, Signal signal)
    {
        if (Kill(process, (int)signal) is not 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{signal} did not reach process {process}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
