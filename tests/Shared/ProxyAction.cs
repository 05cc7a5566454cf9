namespace Holdfast.Testing;

/// <summary>What becomes of a message in a <see cref="TcpProxy"/>.</summary>
internal abstract record ProxyAction
{
    private ProxyAction()
    {
    }

    /// <summary>It is passed on.</summary>
    public sealed record Forward : ProxyAction;

    /// <summary>It stays in the proxy until then, and all behind it; the connection stays open.</summary>
    public sealed record Hold(Task Until) : ProxyAction;

    /// <summary>It is lost, and the connection with it.</summary>
    public sealed record Cut : ProxyAction;

    /// <summary>It is passed on, and then the connection is lost.</summary>
    public sealed record ForwardAndCut : ProxyAction;
}
