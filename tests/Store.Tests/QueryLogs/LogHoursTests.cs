using DnsGuard.Policy.Decisions;
using DnsGuard.Store.QueryLogs;

namespace DnsGuard.Store.Tests.QueryLogs;

/// <summary>Sums by hour count each query once, and outlive its row.</summary>
public sealed class LogHoursTests : StoreTest
{
    private readonly TimeSpan _age = TimeSpan.FromDays(400);

    [Fact]
    public async Task Every_query_counts_once_whatever_the_turns_and_restarts()
    {
        var log = OpenLog();
        var hours = new LogHours(Control, log, _age, Clock);
        for (var turn = 0; turn < 12; turn++)
        {
            log.Append([.. Enumerable.Range(0, 10).Select(index => Rows.Of(Clock, $"n{index}.example") with { Count = 2, Group = index % 2 == 0 ? "even" : "odd", Outcome = index == 0 ? Outcome.Blocked : Outcome.Allowed })]);
            await hours.TurnAsync(default);
            Clock.Advance(TimeSpan.FromMinutes(20));
            if (turn == 6)
                hours = new LogHours(Control, log, _age, Clock);
        }

        await hours.TurnAsync(default);
        await hours.TurnAsync(default);
        var sums = Read(hours);
        Assert.Equal(4, sums.Count);
        Assert.All(sums.Values, sum => Assert.Equal((54, 6), (sum.Allowed, sum.Blocked)));
        Assert.Equal(4 * 30, Read(hours, "odd").Values.Sum(sum => sum.Queries));
        Assert.Equal(2, hours.Read(Clock.GetUtcNow().AddHours(-2), Clock.GetUtcNow(), null).Count);
    }

    [Fact]
    public async Task A_count_that_still_grows_is_taken_when_it_is_done()
    {
        var log = OpenLog();
        var hours = new LogHours(Control, log, _age, Clock);
        log.Append([Rows.Of(Clock, "a.example")]);
        await hours.TurnAsync(default);
        Assert.Empty(Read(hours));
        log.Append([Rows.Of(Clock, "a.example") with { Count = 5 }]);
        Clock.Advance(TimeSpan.FromSeconds(15));
        await hours.TurnAsync(default);
        Assert.Equal(6, Read(hours).Values.Single().Queries);
    }

    [Fact]
    public async Task Sums_stay_when_rows_go_and_go_in_their_own_time()
    {
        var log = OpenLog(age: TimeSpan.FromMinutes(5));
        var hours = new LogHours(Control, log, TimeSpan.FromDays(2), Clock);
        log.Append([Rows.Of(Clock, "a.example")]);
        await hours.TurnAsync(default);
        await hours.TurnAsync(default);
        Clock.Advance(TimeSpan.FromDays(1));
        log.Forget();
        Assert.Equal(0, log.Totals().Kept);
        Assert.Equal(1, Read(hours).Values.Single().Queries);
        Clock.Advance(TimeSpan.FromDays(2));
        log.Append([Rows.Of(Clock, "b.example")]);
        await hours.TurnAsync(default);
        await hours.TurnAsync(default);
        Assert.Equal(Clock.GetUtcNow().ToUnixTimeMilliseconds() / 3_600_000 * 3_600_000, Read(hours).Keys.Single());
    }

    [Fact]
    public async Task A_log_that_was_begun_anew_is_summed_up_from_its_beginning()
    {
        var log = OpenLog();
        log.Append([Rows.Of(Clock, "a.example"), Rows.Of(Clock, "b.example"), Rows.Of(Clock, "c.example")]);
        var hours = new LogHours(Control, log, _age, Clock);
        await hours.TurnAsync(default);
        await hours.TurnAsync(default);
        var anew = OpenLog(name: "another");
        hours = new LogHours(Control, anew, _age, Clock);
        anew.Append([Rows.Of(Clock, "d.example"), Rows.Of(Clock, "e.example")]);
        await hours.TurnAsync(default);
        await hours.TurnAsync(default);
        Assert.Equal(5, Read(hours).Values.Single().Queries);
    }

    private IReadOnlyDictionary<long, OutcomeCounts> Read(LogHours hours, string? group = null) => hours.Read(Clock.GetUtcNow().AddDays(-300), Clock.GetUtcNow().AddHours(1), group);
}
