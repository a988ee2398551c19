namespace DnsGuard.Store.Tests.QueryLogs;

/// <summary>Whatever happens to its files, the log says how many queries there were: those it has, and those it lost.</summary>
public sealed class HonestyTests : StoreTest
{
    private string Journal => Folder.File("querylog/journal");

    private string[] Segments => [.. Directory.GetFiles(Folder.File("querylog"), "*.rows").Order()];

    [Theory]
    [InlineData(64, false)]
    [InlineData(2, true)]
    public void A_restart_changes_neither_rows_nor_totals(int mebibytes, bool isFull)
    {
        var log = OpenLog(bytes: mebibytes << 20);
        for (var batch = 0; batch < 40; batch++)
        {
            log.NoteRingFull(3);
            log.Append([.. Enumerable.Range(0, 1_500).Select(index => Row(batch, index))]);
        }

        Clock.Advance(TimeSpan.FromSeconds(2));
        log.Append([Rows.Of(Clock, "last.example")]);
        var (totals, rows) = (log.Totals(), log.Search(new QueryLogFilter(Limit: 1_000_000)));
        Assert.Equal((40 * 1_503) + 1, totals.Kept + totals.Lost);
        Assert.Equal(isFull, totals.Lost > 120);

        for (var start = 0; start < 3; start++)
        {
            log.Dispose();
            log = OpenLog(bytes: mebibytes << 20);
            var (again, found) = (log.Totals(), log.Search(new QueryLogFilter(Limit: 1_000_000)));
            // A start makes a block of what the journal had; in a full log the oldest rows make room for it.
            Assert.Equal(totals.Kept + totals.Lost, again.Kept + again.Lost);
            Assert.True(isFull ? again.Kept > totals.Kept * 9 / 10 : again == totals);
            Assert.Equal(again.Kept, found.Sum(row => row.Count));
            Assert.Equal(rows.Take(found.Count), found);
        }

        log.Append([Rows.Of(Clock, "after.example")]);
        Assert.Equal(rows[0].Id + 1, log.Search(new QueryLogFilter(Limit: 1)).Single().Id);
    }

    [Fact]
    public void Whatever_is_cut_off_the_journal_only_its_last_entries_are_lost()
    {
        var log = OpenLog();
        var sizes = new List<(long Octets, int Rows)> { (new FileInfo(Journal).Length, 0) };
        for (var turn = 1; turn <= 12; turn++)
        {
            log.Append([Row(turn, 0), Row(turn, 1) with { Addresses = "192.0.2.1", Aliases = "x.example" }]);
            sizes.Add((new FileInfo(Journal).Length, 2 * turn));
        }

        log.Dispose();
        var whole = File.ReadAllBytes(Journal);
        for (var length = 0; length <= whole.Length; length += 61)
        {
            Directory.Delete(Folder.File("querylog"), recursive: true);
            Directory.CreateDirectory(Folder.File("querylog"));
            File.WriteAllBytes(Journal, whole[..length]);
            using var again = OpenLog();
            var expected = sizes.Where(size => size.Octets <= length).Select(size => size.Rows).DefaultIfEmpty(0).Max();
            Assert.Equal((expected, 0), again.Totals());
            Assert.Equal(expected, again.Search(new QueryLogFilter()).Count);
            again.Append([Row(99, 0)]);
            Assert.Equal(expected + 1, again.Search(new QueryLogFilter()).Count);
        }
    }

    [Fact]
    public void A_torn_block_is_cut_off_and_counted()
    {
        FillTwoBlocks();
        using (var file = File.OpenWrite(Segments[^1]))
            file.SetLength(file.Length - 100);

        var log = OpenLog();

        Assert.Equal((20_000L, 20_000L), log.Totals());
        Assert.Equal(20_000, log.Search(new QueryLogFilter(Limit: 100_000)).Count);
        log.Append([Row(5, 5)]);
        Assert.Equal(40_001, log.Search(new QueryLogFilter(Limit: 1)).Single().Id);
    }

    [Fact]
    public void A_block_that_rots_is_found_by_the_first_search_and_counted()
    {
        FillTwoBlocks();
        using (var file = File.OpenWrite(Segments[0]))
        {
            file.Seek(file.Length / 4, SeekOrigin.Begin);
            file.WriteByte(0xA5);
            file.WriteByte(0x5A);
        }

        var log = OpenLog();
        Assert.Equal(20_000, log.Search(new QueryLogFilter(Limit: 100_000)).Count);
        log.Commit();

        Assert.Equal((20_000L, 20_000L), log.Totals());
        Assert.Equal(20_000, log.Search(new QueryLogFilter(Limit: 100_000)).Count);
        log.Commit();
        Assert.Equal((20_000L, 20_000L), log.Totals());
    }

    [Fact]
    public void Segments_that_somebody_deletes_are_counted()
    {
        FillTwoBlocks();
        Array.ForEach(Segments, File.Delete);

        var log = OpenLog();
        Assert.Equal((0L, 40_000L), log.Totals());
        Assert.Equal(new QueryLogLosses(0, 0, 0, Damaged: 40_000), log.Losses());
    }

    [Fact]
    public void A_journal_that_somebody_deletes_costs_no_row_of_a_segment()
    {
        FillTwoBlocks();
        File.Delete(Journal);

        Assert.Equal((40_000L, 0L), OpenLog().Totals());
    }

    [Fact]
    public void A_directory_that_vanishes_is_made_again_and_what_is_in_memory_is_written_again()
    {
        var log = OpenLog();
        log.Append([Row(1, 1), Row(1, 2)]);
        Directory.Delete(Folder.File("querylog"), recursive: true);

        log.Append([Row(2, 1)]);
        log.Dispose();

        using var again = OpenLog();
        Assert.Equal((3L, 0L), again.Totals());
        Assert.Equal(3, again.Search(new QueryLogFilter()).Count);
    }

    [Fact]
    public void Segments_that_vanish_with_their_directory_are_counted_at_once()
    {
        FillTwoBlocks();
        var log = OpenLog();
        Directory.Delete(Folder.File("querylog"), recursive: true);

        log.Append([Row(2, 1)]);

        Assert.Equal((1L, 40_000L), log.Totals());
        Assert.Single(log.Search(new QueryLogFilter()));
    }

    [Fact]
    public void A_file_in_place_of_the_directory_is_told_to_the_operator_and_tried_again()
    {
        var log = OpenLog();
        log.Append([Row(1, 1)]);
        Directory.Delete(Folder.File("querylog"), recursive: true);
        File.WriteAllText(Folder.File("querylog"), "");
        log.Add(Row(2, 1));

        Assert.Contains("Check the directory", Assert.Throws<StoreException>(log.Commit).Message, StringComparison.Ordinal);
        Assert.Contains("Check the directory", Assert.Throws<StoreException>(log.Forget).Message, StringComparison.Ordinal);
        Assert.Equal(2, log.Search(new QueryLogFilter()).Count);

        File.Delete(Folder.File("querylog"));
        log.Commit();
        Assert.Equal((2L, 0L), log.Totals());
    }

    [Fact]
    public void A_log_that_cannot_be_opened_stops_the_start_and_says_what_to_do()
    {
        File.WriteAllText(Folder.File("querylog"), "");

        var refusal = Assert.Throws<StoreException>(() => OpenLog());

        Assert.Contains("store.directory", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("store.queryLog: false", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_numbers_in_order_and_forgets_nothing()
    {
        var log = OpenLog(TimeSpan.FromDays(30));
        log.Append([Rows.Of(Clock, "first.example")]);
        var before = Clock.GetUtcNow();
        foreach (var (name, at) in new[] { ("ahead.example", before.AddDays(400)), ("back.example", before.AddHours(-1)), ("far-back.example", before.AddYears(-20)) })
            log.Append([Rows.Of(Clock, name) with { At = at }]);
        log.Forget();

        Assert.Equal(4, log.Totals().Kept + log.Totals().Lost);
        Assert.Equal(["far-back.example", "back.example", "ahead.example", "first.example"], log.Search(new QueryLogFilter()).Select(row => row.Name));
        Assert.Equal(["ahead.example"], log.Search(new QueryLogFilter(Since: before.AddDays(1))).Select(row => row.Name));
    }

    [Fact]
    public void What_was_written_while_the_clock_ran_ahead_goes_with_the_rows_after_it()
    {
        var log = OpenLog(TimeSpan.FromDays(1));
        log.Append([Rows.Of(Clock, "ahead.example") with { At = Clock.GetUtcNow().AddYears(50) }]);
        log.Append([Rows.Of(Clock, "now.example")]);
        Clock.Advance(TimeSpan.FromDays(2));

        log.Forget();

        Assert.Equal((0L, 2L), log.Totals());
    }

    [Fact]
    public void Only_the_owner_may_read_any_of_the_files()
    {
        FillTwoBlocks();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder.File("querylog")));
        Assert.All(Directory.GetFiles(Folder.File("querylog")), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    // A restart makes a block of the tail: two of them, and an empty tail.
    private void FillTwoBlocks()
    {
        for (var block = 0; block < 2; block++)
        {
            using var log = OpenLog();
            log.Append([.. Enumerable.Range(0, 20_000).Select(index => Row(block, index))]);
        }

        OpenLog().Dispose();
        Assert.Single(Segments);
    }

    private QueryLogRow Row(int batch, int index) => Rows.Of(Clock, $"n{index}.b{batch}.a-name-of-usual-length.example");
}
