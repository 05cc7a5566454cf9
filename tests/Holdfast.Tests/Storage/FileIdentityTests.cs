using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Storage;

public sealed class FileIdentityTests : IDisposable
{
    private readonly string _directory = TestDatabase.NewDirectory();

    private string Some => Path.Combine(_directory, "some.db");

    [Fact]
    public void The_same_file_holds_whatever_is_written_to_it()
    {
        var identity = Make();
        File.AppendAllText(Some, "more");

        Assert.True(identity.Holds());
    }

    [Fact]
    public void A_deleted_file_does_not_hold()
    {
        var identity = Make();
        File.Delete(Some);

        Assert.False(identity.Holds());
    }

    [Fact]
    public void Another_file_in_its_place_does_not_hold()
    {
        var identity = Make();
        File.WriteAllText(Some + ".other", "");
        File.Move(Some + ".other", Some, overwrite: true);

        Assert.False(identity.Holds());
    }

    [Fact]
    public void A_file_that_came_back_holds_again()
    {
        var identity = Make();
        File.Move(Some, Some + ".away");
        Assert.False(identity.Holds());

        File.Move(Some + ".away", Some);

        Assert.True(identity.Holds());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private FileIdentity Make()
    {
        File.WriteAllText(Some, "");
        return new(Some);
    }
}
