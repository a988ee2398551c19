using System.Diagnostics;

namespace DnsGuard.Store.Tests.Files;

public sealed class OpeningTests : StoreTest
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void A_missing_file_is_made_with_the_newest_schema()
    {
        var database = new Database(Folder.File("new.db"), "control");

        Assert.Equal(0L, Sql(database, "SELECT count(*) FROM revisions"));
        Assert.Equal("wal", Sql(database, "PRAGMA journal_mode"));
        Assert.True((long)Sql(database, "PRAGMA user_version")! >= 1);
    }

    [Fact]
    public void Folders_above_the_file_are_made_too()
    {
        var path = Folder.File("a/b/c.db");

        _ = new Database(path, "control");

        Assert.True(File.Exists(path));
    }

    [Fact]
    public void Opening_again_keeps_what_is_there()
    {
        new RevisionStore(Control, Clock).Append(1, "text", "me", "");

        var again = new Database(Control.Path, "control");

        Assert.Equal("text", new RevisionStore(again, Clock).Newest()!.Text);
    }

    [Fact]
    public void An_empty_file_that_somebody_made_is_upgraded()
    {
        var path = Folder.File("empty.db");
        File.WriteAllBytes(path, []);

        Assert.Equal(0L, Sql(new Database(path, "control"), "SELECT count(*) FROM tokens"));
    }

    [Fact]
    public void A_schema_from_the_future_is_refused_and_left_alone()
    {
        new RevisionStore(Control, Clock).Append(1, "text", "me", "");
        Sql(Control, "PRAGMA user_version = 99");

        var refusal = Assert.Throws<StoreException>(() => new Database(Control.Path, "control"));

        Assert.Contains("newer DnsGuard (schema 99", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("restore a backup", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1L, Sql(Control, "SELECT count(*) FROM revisions"));
    }

    [Theory]
    [InlineData("this is no database, and it is longer than the hundred octets that the header of one would take, so that SQLite looks at it")]
    [InlineData("short")]
    public void A_file_that_is_no_database_is_refused_and_left_alone(string content)
    {
        var path = Folder.File("notes.txt");
        File.WriteAllText(path, content);

        var refusal = Assert.Throws<StoreException>(() => new Database(path, "control"));

        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("store.directory", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void A_file_in_place_of_the_folder_is_told_clearly()
    {
        File.WriteAllText(Folder.File("var"), "");

        var refusal = Assert.Throws<StoreException>(() => new Database(Folder.File("var/dnsguard.db"), "control"));

        Assert.Contains("cannot be opened", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_owner_may_read_any_of_the_files()
    {
        using var held = Control.Open();
        new TokenStore(Control, Clock).Create("me", ["admin"], null);

        var files = Directory.GetFiles(Folder.Path);

        Assert.Contains(files, file => file.EndsWith("-wal", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData("a folder that may not be written", "chmod 555 \"$0\"")]
    [InlineData("a folder that may not be entered", "chmod 700 \"$0\"")]
    [InlineData("a file of another owner", "chmod 755 \"$0\"; touch \"$0/dnsguard.db\"; chmod 600 \"$0/dnsguard.db\"")]
    [InlineData("a file that may be read but not written", "chmod 755 \"$0\"; \"$1\" exec \"$2\" create \"$0/dnsguard.db\"; chmod 644 \"$0\"/*")]
    [InlineData("a file that may be read but not written, in a folder that may", "chmod 777 \"$0\"; \"$1\" exec \"$2\" create \"$0/dnsguard.db\"; chmod 644 \"$0\"/*")]
    public void Without_the_rights_the_start_is_refused(string what, string prepare)
    {
        // As another user, since root may do everything. Its own process, since a process has one user.
        var (prepared, complaint) = Run("sh", "-c", prepare, Folder.Path, Environment.ProcessPath!, typeof(Program).Assembly.Location);
        Assert.True(prepared == 0, complaint);

        var (code, said) = Run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Environment.ProcessPath!, "exec", typeof(Program).Assembly.Location, "create", Folder.File("dnsguard.db"));

        Assert.True(code == 2, $"{what}: {code} {said}");
        Assert.Matches("dnsguard.db cannot be (opened|written)", said);
        Assert.Contains("Check the path, its owner and the room on the disk", said, StringComparison.Ordinal);
    }

    private static (int Code, string Said) Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
