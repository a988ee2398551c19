namespace DnsGuard.Store.Tests.QueryLogs;

public sealed class RetentionTests : StoreTest
{
    private const long OneMebibyte = 1 << 20;

    private Database LogFile => field ??= new Database(Folder.File("querylog.db"), "querylog");

    [Fact]
    public void Rows_that_are_too_old_go_and_stay_in_the_totals()
    {
        var store = new QueryLogStore(LogFile, TimeSpan.FromHours(1), 1L << 30, Clock);
        store.Append([Rows.Of(Clock, "old.example") with { Count = 41 }, Rows.Of(Clock, "older.example") with { Count = 1 }]);
        Clock.Advance(TimeSpan.FromHours(1));
        store.Append([Rows.Of(Clock, "new.example")]);

        // At its very age a row is still kept.
        store.Forget();
        Assert.Equal((43L, 0L), store.Totals());

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        store.Forget();
        Assert.Equal((1L, 42L), store.Totals());
        Assert.Equal("new.example", store.Search(new QueryLogFilter()).Single().Name);
    }

    [Fact]
    public void More_rows_than_one_slice_go_too()
    {
        var store = new QueryLogStore(LogFile, TimeSpan.FromHours(1), 1L << 30, Clock);
        store.Append([.. Enumerable.Range(0, 45_000).Select(index => Rows.Of(Clock, $"n{index}.example"))]);
        Clock.Advance(TimeSpan.FromHours(2));

        store.Forget();

        Assert.Equal((0L, 45_000L), store.Totals());
    }

    [Fact]
    public void While_the_file_is_too_large_the_oldest_rows_go()
    {
        var store = new QueryLogStore(LogFile, TimeSpan.FromDays(30), OneMebibyte, Clock);
        long written = 0;
        for (var batch = 0; batch < 12; batch++)
        {
            var rows = Enumerable.Range(0, 5_000).Select(index => Rows.Of(Clock, $"b{batch}-{index}.a-name-of-usual-length.example") with { Count = 1 + (index % 3) }).ToList();
            store.Append(rows);
            written += rows.Sum(row => row.Count);
            store.Forget();

            var (kept, lost) = store.Totals();
            Assert.Equal(written, kept + lost);
            Assert.InRange(LogFile.UsedBytes(), 1, OneMebibyte);
        }

        Assert.True(store.Totals().Lost > 0);
        // Pages that were freed are used again: the file does not grow with what passed through it.
        Assert.InRange(new FileInfo(LogFile.Path).Length, 1, 8 * OneMebibyte);
    }

    [Fact]
    public void A_log_that_is_over_its_size_keeps_its_newest_rows()
    {
        var store = new QueryLogStore(LogFile, TimeSpan.FromDays(30), OneMebibyte, Clock);
        store.Append([.. Enumerable.Range(0, 12_000).Select(index => Rows.Of(Clock, $"n{index}.a-name-of-usual-length.example"))]);

        store.Forget();

        Assert.InRange(LogFile.UsedBytes(), 1, OneMebibyte);
        Assert.Equal("n11999.a-name-of-usual-length.example", Assert.Single(store.Search(new QueryLogFilter(Limit: 1))).Name);
    }

    [Fact]
    public void Losses_of_every_kind_add_up()
    {
        var store = new QueryLogStore(LogFile, TimeSpan.FromHours(1), 1L << 30, Clock);

        store.NoteLoss("ring-full", 3);
        store.NoteLoss("store-failed", 4);

        Assert.Equal((0L, 7L), store.Totals());
    }

    [Fact]
    public void Totals_stay_exact_while_rows_are_written_and_forgotten_at_once()
    {
        var store = new QueryLogStore(LogFile, TimeSpan.FromMinutes(1), 1L << 30, Clock);
        Parallel.Invoke(
            () =>
            {
                for (var batch = 0; batch < 50; batch++)
                {
                    store.Append([.. Enumerable.Range(0, 100).Select(index => Rows.Of(Clock, $"n{index}.example") with { Count = 2 })]);
                    Clock.Advance(TimeSpan.FromSeconds(10));
                }
            },
            () =>
            {
                for (var turn = 0; turn < 50; turn++)
                    store.Forget();
            });

        var (kept, lost) = store.Totals();
        Assert.Equal(50 * 100 * 2, kept + lost);
    }
}
