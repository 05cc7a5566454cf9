namespace Holdfast.Simulator;

/// <summary>The simulator refuses what it was asked for, and says why.</summary>
public class SimulatorException : Exception
{
    public SimulatorException(string message)
        : base(message)
    {
    }
}
