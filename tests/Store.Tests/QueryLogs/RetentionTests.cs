namespace DnsGuard.Store.Tests.QueryLogs;

public sealed class RetentionTests : StoreTest
{
    private const long OneMebibyte = 1 << 20;

    [Fact]
    public void Rows_that_are_too_old_go_and_stay_in_the_totals()
    {
        var store = OpenLog(TimeSpan.FromHours(1));
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
        var store = OpenLog(TimeSpan.FromHours(1));
        store.Append([.. Enumerable.Range(0, 45_000).Select(index => Rows.Of(Clock, $"n{index}.example"))]);
        Clock.Advance(TimeSpan.FromHours(2));

        store.Forget();

        Assert.Equal((0L, 45_000L), store.Totals());
    }

    [Fact]
    public void While_the_file_is_too_large_the_oldest_rows_go()
    {
        var store = OpenLog(TimeSpan.FromDays(30), OneMebibyte);
        long written = 0;
        for (var batch = 0; batch < 12; batch++)
        {
            var rows = Enumerable.Range(0, 5_000).Select(index => Rows.Of(Clock, $"b{batch}-{index}.a-name-of-usual-length.example") with { Count = 1 + (index % 3) }).ToList();
            store.Append(rows);
            written += rows.Sum(row => row.Count);
            store.Forget();

            var (kept, lost) = store.Totals();
            Assert.Equal(written, kept + lost);
            Assert.InRange(store.UsedBytes, 1, OneMebibyte);
        }

        Assert.True(store.Totals().Lost > 0);
        Assert.InRange(Directory.GetFiles(Folder.File("querylog")).Sum(file => new FileInfo(file).Length), OneMebibyte / 2, OneMebibyte);
    }

    [Fact]
    public void A_log_that_is_over_its_size_keeps_its_newest_rows()
    {
        var store = OpenLog(TimeSpan.FromDays(30), OneMebibyte);
        store.Append([.. Enumerable.Range(0, 12_000).Select(index => Rows.Of(Clock, $"n{index}.a-name-of-usual-length.example"))]);

        store.Forget();

        Assert.InRange(store.UsedBytes, 1, OneMebibyte);
        Assert.Equal("n11999.a-name-of-usual-length.example", Assert.Single(store.Search(new QueryLogFilter(Limit: 1))).Name);
    }

    [Fact]
    public void Losses_of_every_kind_add_up()
    {
        var store = OpenLog(TimeSpan.FromHours(1));

        store.Append([Rows.Of(Clock, "old.example") with { Count = 4 }]);
        store.NoteRingFull(3);
        Clock.Advance(TimeSpan.FromHours(2));
        store.Forget();

        Assert.Equal((0L, 7L), store.Totals());
        store.Dispose();
        var again = OpenLog(TimeSpan.FromHours(1));
        Assert.Equal((0L, 7L), again.Totals());
        Assert.Equal(new QueryLogLosses(RingFull: 3, StoreFailed: 0, Retention: 4, Damaged: 0), again.Losses());
    }

    [Fact]
    public async Task Totals_stay_exact_while_rows_are_written_and_forgotten()
    {
        var store = OpenLog(TimeSpan.FromMinutes(1));
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                // Of one moment: what was forgotten is lost, what is found is kept.
                var (kept, lost) = store.Totals();
                Assert.Equal(0, (kept + lost) % 200);
                Assert.Equal(0, store.Search(new QueryLogFilter(Limit: 100_000)).Sum(row => row.Count) % 200);
            }
        });
        for (var batch = 0; batch < 500; batch++)
        {
            store.Append([.. Enumerable.Range(0, 100).Select(index => Rows.Of(Clock, $"n{index}.example") with { Count = 2 })]);
            Clock.Advance(TimeSpan.FromSeconds(10));
            store.Forget();
        }

        await stop.CancelAsync();
        await reading;
        var (left, gone) = store.Totals();
        Assert.Equal(500 * 100 * 2, left + gone);
        Assert.InRange(left, 200, 1_600);
    }
}
