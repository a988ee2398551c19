using DnsGuard.Policy.Decisions;
using DnsGuard.Store.QueryLogs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.QueryLogs;

/// <summary>Sums over the log are those that one gets by adding up its rows, one by one.</summary>
public sealed class TallyTests : StoreTest
{
    private const int Batches = 30;
    private const int BatchRows = 4_000;

    private readonly List<QueryLogRow> _rows = [];

    private QueryLogStore Store => field ??= Fill();

    [Fact]
    public async Task Outcomes_are_counted_exactly_by_steps_of_time()
    {
        var tally = new OutcomeTally(5_000);
        await Store.SumAsync(new QueryLogFilter(), tally, default);

        var expected = _rows.GroupBy(row => row.At.ToUnixTimeMilliseconds() / 5_000 * 5_000).ToDictionary(step => step.Key, step => (Count(step, Outcome.Allowed), Count(step, Outcome.Blocked)));
        Assert.True(expected.Count > 3);
        Assert.Equal(expected.OrderBy(step => step.Key), tally.Steps.Select(step => KeyValuePair.Create(step.Key, (step.Value.Allowed, step.Value.Blocked))).OrderBy(step => step.Key));
        Assert.Equal(_rows.Sum(row => row.Count), tally.Total.Queries);
        Assert.Equal(_rows.Where(row => row.ResponseCode is ResponseCode.ServerFailure).Sum(row => row.Count), tally.Failed);
    }

    [Fact]
    public async Task Clients_and_names_are_told_apart_over_all_blocks()
    {
        var tally = new OutcomeTally(0);
        await Store.SumAsync(new QueryLogFilter(Outcome: Outcome.Blocked), tally, default);
        var blocked = _rows.Where(row => row.Outcome is Outcome.Blocked).ToList();
        Assert.Equal((blocked.Select(row => row.Client).Distinct().Count(), blocked.Select(row => row.Name).Distinct().Count()), (tally.Clients, tally.Names));
        Assert.Equal(_rows.Count, tally.RowsSeen);
    }

    [Theory]
    [InlineData(LogKey.Name)]
    [InlineData(LogKey.Client)]
    [InlineData(LogKey.Group)]
    [InlineData(LogKey.Rule)]
    [InlineData(LogKey.Type)]
    [InlineData(LogKey.Reason)]
    public async Task The_largest_are_the_largest(LogKey key)
    {
        var tally = new KeyTally(key);
        await Store.SumAsync(new QueryLogFilter(), tally, default);
        var expected = _rows.GroupBy(row => KeyOf(row, key)).Select(same => (same.Key, same.Sum(row => row.Count), same.Max(row => row.At.ToUnixTimeMilliseconds())))
            .OrderByDescending(sum => sum.Item2).ThenBy(sum => sum.Key, StringComparer.Ordinal).Take(7);
        Assert.Equal(expected, tally.Largest(7));
        Assert.Equal(0, tally.QueriesLeftOut);
    }

    [Fact]
    public async Task What_there_is_no_room_for_is_counted()
    {
        var tally = new KeyTally(LogKey.Name, mostKeys: 10);
        await Store.SumAsync(new QueryLogFilter(), tally, default);
        Assert.Equal(_rows.Sum(row => row.Count), tally.Largest(100).Sum(sum => sum.Queries) + tally.QueriesLeftOut);
        var questions = new QuestionTally(mostQuestions: 10);
        await Store.SumAsync(new QueryLogFilter(), questions, default);
        Assert.Equal(10, questions.Sums.Count);
        Assert.True(questions.RowsLeftOut > 0);
    }

    [Fact]
    public async Task Each_question_has_its_sum_and_how_its_last_query_ended()
    {
        var tally = new QuestionTally();
        await Store.SumAsync(new QueryLogFilter(Type: RecordType.A), tally, default);
        var expected = _rows.Where(row => row.Type is RecordType.A).GroupBy(row => (row.Group, row.Name)).ToList();
        Assert.Equal(expected.Count, tally.Sums.Count);
        foreach (var same in expected)
        {
            var sum = tally.Sums.Single(sum => sum.Group == same.Key.Group && sum.Name == same.Key.Name);
            var last = same.MaxBy(row => row.At)!;
            Assert.Equal(
                (same.Sum(row => row.Count), Math.Min(QuestionSum.MostClients, same.Select(row => row.Client).Distinct().Count()), same.Min(row => row.At.ToUnixTimeMilliseconds()), last.At.ToUnixTimeMilliseconds(), 1),
                (sum.Queries, sum.Clients.Count, sum.First, sum.Last, sum.Days));
            Assert.Contains(same, row => row.At == last.At && (row.Outcome, row.Reason, row.Rule, row.Client) == (sum.Outcome, sum.Reason, sum.Rule, sum.LastClient));
        }
    }

    [Fact]
    public async Task Clients_of_one_class_are_one()
    {
        var tally = new QuestionTally((client, _) => (int)(client.IPv4Bits % 2));
        await Store.SumAsync(new QueryLogFilter(), tally, default);
        var expected = _rows.GroupBy(row => ((int)(row.Client.IPv4Bits % 2), row.Name, row.Type)).Select(same => (same.Key, same.Sum(row => row.Count))).Order();
        Assert.Equal(expected, tally.Sums.Select(sum => ((sum.Class, sum.Name, sum.Type), sum.Queries)).Order());
    }

    private static long Count(IEnumerable<QueryLogRow> rows, Outcome outcome) => rows.Where(row => row.Outcome == outcome).Sum(row => row.Count);

    private static string KeyOf(QueryLogRow row, LogKey key) => key switch
    {
        LogKey.Name => row.Name,
        LogKey.Client => row.Client.ToString(),
        LogKey.Group => row.Group!,
        LogKey.Rule => row.Rule!,
        LogKey.Type => row.Type.ToString(),
        _ => row.Reason is VerdictReason.NoRule ? "noRule" : "allowRule",
    };

    // Enough for two blocks and a tail.
    private QueryLogStore Fill()
    {
        var log = OpenLog();
        var random = new Random(7);
        for (var batch = 0; batch < Batches; batch++)
        {
            log.Append(Enumerable.Range(0, BatchRows).Select(_ => Make(random)));
            Clock.Advance(TimeSpan.FromMilliseconds(900));
        }

        _rows.AddRange(log.Search(new QueryLogFilter(Limit: int.MaxValue)));
        Assert.Equal(Batches * BatchRows, _rows.Sum(row => row.Count));
        return log;
    }

    private QueryLogRow Make(Random random)
    {
        var isBlocked = random.Next(4) == 0;
        return Rows.Of(Clock, $"n{(int)Math.Sqrt(random.Next(40_000))}.example", $"10.0.{random.Next(2)}.{random.Next(1, 40)}") with
        {
            At = Clock.GetUtcNow().AddMilliseconds(random.Next(800)),
            Group = $"group-{random.Next(3)}",
            Type = random.Next(3) == 0 ? RecordType.AAAA : RecordType.A,
            Outcome = isBlocked ? Outcome.Blocked : Outcome.Allowed,
            Reason = isBlocked ? VerdictReason.NoRule : VerdictReason.AllowRule,
            ResponseCode = random.Next(9) == 0 ? ResponseCode.ServerFailure : ResponseCode.NoError,
            Rule = $"list/r-{random.Next(20)}",
        };
    }
}
