using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Storage;

public sealed class WalIdentityTests : IDisposable
{
    private readonly string _directory = TestDatabase.NewDirectory();

    private string Database => Path.Combine(_directory, "some.db");

    private string Log => Database + "-wal";

    [Fact]
    public void The_same_files_hold_whatever_is_written_to_them()
    {
        Make(Database, Log);
        var identity = new WalIdentity(Database);
        File.AppendAllText(Log, "more");
        File.AppendAllText(Database, "more");

        Assert.True(identity.Holds());
    }

    [Fact]
    public void A_deleted_log_does_not_hold()
    {
        Make(Database, Log);
        var identity = new WalIdentity(Database);
        File.Delete(Log);

        Assert.False(identity.Holds());
    }

    [Fact]
    public void Another_log_in_its_place_does_not_hold()
    {
        Make(Database, Log, Log + ".other");
        var identity = new WalIdentity(Database);
        File.Move(Log + ".other", Log, overwrite: true);

        Assert.False(identity.Holds());
    }

    [Fact]
    public void A_deleted_database_does_not_hold()
    {
        Make(Database, Log);
        var identity = new WalIdentity(Database);
        File.Delete(Database);

        Assert.False(identity.Holds());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Make(params string[] files)
    {
        foreach (var file in files)
        {
            File.WriteAllText(file, file);
        }
    }
}
