namespace Holdfast.Nodes;

/// <summary>The node that this process is: one life of one process, with a row of its own.</summary>
/// <param name="name">The machine, unless the setting names it otherwise. Several nodes may share it.</param>
internal sealed class ThisNode(string name, string version)
{
    private long _id;

    public string Name => name;

    public string Version => version;

    /// <summary>The row; 0 before it has been made.</summary>
    public long Id
    {
        get => Interlocked.Read(ref _id);
        set => Interlocked.Exchange(ref _id, value);
    }
}
