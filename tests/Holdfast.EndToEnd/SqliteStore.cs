namespace Holdfast.EndToEnd;

internal sealed class SqliteStore : TestStore
{
    private readonly TestDirectory _home = new();

    public override string Url => _home.Url;

    public override KeptStore Look() => new KeptFile(_home.Database);

    public override ValueTask DisposeAsync()
    {
        _home.Dispose();
        return ValueTask.CompletedTask;
    }
}
