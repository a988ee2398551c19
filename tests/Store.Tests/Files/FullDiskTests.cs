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
    public void What_finds_no_room_in_the_query_log_waits_and_then_is_counted_and_nothing_is_half_written()
    {
        using var disk = new Mount(_disk);
        var store = OpenLog(name: "disk/querylog");
        store.Append([Rows.Of(Clock, "first.example")]);
        var filler = Fill();
        long written = 1;

        // In memory there is room for one block; it is tried again at every turn.
        for (var turn = 0; turn < 9; turn++)
        {
            foreach (var row in Enumerable.Range(0, 10_000).Select(index => Rows.Of(Clock, $"n{turn}-{index}.example")))
                store.Add(row);
            var complaint = Assert.Throws<StoreException>(store.Commit);
            Assert.Contains("the room on the disk", complaint.Message, StringComparison.Ordinal);
            written += 10_000;
            var (kept, lost) = store.Totals();
            Assert.Equal(written, kept + lost);
            Assert.Equal(lost, store.StoreFailed);
        }

        Assert.InRange(store.StoreFailed, 10_000, 60_000);
        // A kill now leaves what was on disk before, whole.
        Assert.Equal(["first.example"], CopyOf("disk/querylog").Search(new QueryLogFilter()).Select(row => row.Name));

        File.Delete(filler);
        Run("mount", "-o", "remount,size=64m", _disk);
        store.Append([Rows.Of(Clock, "last.example")]);
        var totals = store.Totals();
        Assert.Equal(written + 1, totals.Kept + totals.Lost);
        Assert.Equal("last.example", store.Search(new QueryLogFilter(Limit: 1)).Single().Name);
        Assert.Equal(totals.Kept, store.Search(new QueryLogFilter(Limit: 1_000_000)).Sum(row => row.Count));
        store.Dispose();
        using var again = OpenLog(name: "disk/querylog");
        Assert.Equal(totals, again.Totals());
        Assert.Equal(new QueryLogLosses(0, StoreFailed: totals.Lost, 0, 0), again.Losses());
    }

    [Fact]
    public void A_database_that_finds_no_room_to_be_made_is_told_clearly()
    {
        using var disk = new Mount(_disk);
        Fill();

        var refusal = Assert.Throws<StoreException>(() => new Database(Path.Combine(_disk, "dnsguard.db"), "control"));

        Assert.Contains("the room on the disk", refusal.Message, StringComparison.Ordinal);
    }

    // What another process would find, were this one killed now.
    private QueryLogStore CopyOf(string name)
    {
        var copy = Directory.CreateDirectory(Folder.File("copy")).FullName;
        foreach (var file in Directory.GetFiles(Folder.File(name)))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return OpenLog(name: "copy");
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
