using System.Diagnostics;
using DnsGuard.Store.Tests.QueryLogs;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store.Tests.Files;

/// <summary>A disk of one mebibyte, mounted for these tests alone. Needs root, as the tests of targets do.</summary>
public sealed class FullDiskTests : StoreTest
{
    private readonly string _disk;

    public FullDiskTests()
    {
        _disk = Folder.File("disk");
        Directory.CreateDirectory(_disk);
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _disk);
    }

    [Fact]
    public void A_revision_that_finds_no_room_is_refused_and_the_next_is_taken_when_there_is_some()
    {
        using var disk = new Mount(_disk);
        var database = new Database(Path.Combine(_disk, "dnsguard.db"), "control");
        var revisions = new RevisionStore(database, Clock);
        Assert.True(revisions.Append(1, "small", "me", ""));
        var filler = Fill();

        var refusal = Assert.Throws<StoreException>(() => revisions.Append(2, new string('x', 300_000), "me", ""));

        Assert.Contains("Nothing was changed; check the disk", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("ok", Sql(database, "PRAGMA integrity_check"));
        Assert.Equal(1, revisions.Newest()!.Number);

        File.Delete(filler);
        Assert.True(revisions.Append(2, new string('x', 300_000), "me", ""));
        Assert.Equal(2, revisions.Newest()!.Number);
        Assert.Equal("ok", Sql(database, "PRAGMA integrity_check"));
    }

    [Fact]
    public void A_batch_that_finds_no_room_is_not_half_written()
    {
        using var disk = new Mount(_disk);
        var store = new QueryLogStore(new Database(Path.Combine(_disk, "querylog.db"), "querylog"), TimeSpan.FromDays(1), 1L << 30, Clock);
        store.Append([Rows.Of(Clock, "first.example")]);
        var filler = Fill();

        Assert.Throws<SqliteException>(() => store.Append([.. Enumerable.Range(0, 20_000).Select(index => Rows.Of(Clock, $"n{index}.example"))]));

        Assert.Equal((1L, 0L), store.Totals());
        File.Delete(filler);
        store.NoteLoss("store-failed", 20_000);
        store.Append([Rows.Of(Clock, "last.example")]);
        Assert.Equal((2L, 20_000L), store.Totals());
        Assert.Equal(["last.example", "first.example"], store.Search(new QueryLogFilter()).Select(row => row.Name));
    }

    [Fact]
    public void A_database_that_finds_no_room_to_be_made_is_told_clearly()
    {
        using var disk = new Mount(_disk);
        Fill();

        var refusal = Assert.Throws<StoreException>(() => new Database(Path.Combine(_disk, "dnsguard.db"), "control"));

        Assert.Contains("the room on the disk", refusal.Message, StringComparison.Ordinal);
    }

    private string Fill()
    {
        var path = Path.Combine(_disk, "filler");
        using var file = File.Create(path);
        try
        {
            while (true)
            {
                file.Write(new byte[4_096]);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static void Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{file}: {said}");
    }

    private sealed class Mount(string path) : IDisposable
    {
        public void Dispose()
        {
            SqliteConnection.ClearAllPools();
            Run("umount", path);
        }
    }
}
