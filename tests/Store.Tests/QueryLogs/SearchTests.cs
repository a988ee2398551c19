using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.QueryLogs;

public sealed class SearchTests : StoreTest
{
    private QueryLogStore Store => field ??= OpenLog();

    /// <summary>A filter, and which of the rows a to f it lets through.</summary>
    public static TheoryData<string, string> Filters => new()
    {
        { "everything", "f e d c b a" },
        { "client 10.0.0.2", "b" },
        { "client 2001:db8::2", "e" },
        { "client ::ffff:10.0.0.2", "b" },
        { "group guests", "c" },
        { "group nobody", "" },
        { "type AAAA", "d" },
        { "outcome Blocked", "c" },
        { "name xample.c", "f e d c b a" },
        { "name a.example", "a" },
        { "name %", "" },
        { "name _.example", "" },
        { "name '", "" },
        { "name com\na", "" },
        { "name m\n", "" },
        { "name é", "" },
        { "reason DenyRule", "f" },
        { "since 2", "f e d c" },
        { "until 2", "b a" },
        { "below 3", "b a" },
        { "limit 2", "f e" },
        { "all", "d" },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_filter_lets_exactly_its_rows_through(string filter, string expected)
    {
        var start = Clock.GetUtcNow();
        foreach (var name in "abcdef")
        {
            var row = Rows.Of(Clock, $"{name}.example.com");
            Store.Append([name switch
            {
                'b' => row with { Client = Addresses.Of("10.0.0.2") },
                'c' => row with { Group = "guests", Outcome = Outcome.Blocked },
                'd' => row with { Type = RecordType.AAAA },
                'e' => row with { Client = Addresses.Of("2001:db8::2"), Group = null },
                'f' => row with { Reason = VerdictReason.DenyRule },
                _ => row,
            }]);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var value = filter.Contains(' ', StringComparison.Ordinal) ? filter.Split(' ')[1] : "";
        var asked = filter.Split(' ')[0] switch
        {
            "client" => new QueryLogFilter(Client: Addresses.Of(value)),
            "group" => new QueryLogFilter(Group: value),
            "type" => new QueryLogFilter(Type: Enum.Parse<RecordType>(value)),
            "outcome" => new QueryLogFilter(Outcome: Enum.Parse<Outcome>(value)),
            "reason" => new QueryLogFilter(Reason: Enum.Parse<VerdictReason>(value)),
            "name" => new QueryLogFilter(Name: value),
            "since" => new QueryLogFilter(Since: start.AddSeconds(value[0] - '0')),
            "until" => new QueryLogFilter(Until: start.AddSeconds(value[0] - '0')),
            "below" => new QueryLogFilter(Below: value[0] - '0'),
            "limit" => new QueryLogFilter(Limit: value[0] - '0'),
            "all" => new QueryLogFilter(Addresses.Of("10.0.0.1"), "build", "d.", RecordType.AAAA, Outcome.Allowed, start.AddSeconds(3), start.AddSeconds(4), 5, 1),
            _ => new QueryLogFilter(),
        };
        Assert.Equal(expected, string.Join(' ', Store.Search(asked).Select(row => row.Name[0])));
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("2001:db8::1:2")]
    public void A_row_is_read_back_as_it_was_written(string client)
    {
        var row = new QueryLogRow
        {
            At = Clock.GetUtcNow().AddMilliseconds(7),
            Count = 12,
            Client = Addresses.Of(client),
            Group = "build",
            Transport = QueryTransport.Tcp,
            Name = "a\\.b\\000.example",
            Type = (RecordType)65_280,
            Outcome = Outcome.Audited,
            Reason = VerdictReason.Rebinding,
            Rule = "github/r-1",
            Revision = long.MaxValue,
            ResponseCode = ResponseCode.NameError,
            ExtendedError = 15,
            Source = AnswerSource.Upstream,
            Addresses = "192.0.2.1 2001:db8::9",
            Aliases = "x.example y.example",
            DurationMicroseconds = uint.MaxValue,
            HoldMicroseconds = 5,
        };

        Store.Append([row]);

        Assert.Equal(row with { Id = 1 }, Store.Search(new QueryLogFilter()).Single());
    }

    [Fact]
    public async Task A_cursor_neither_skips_nor_repeats_while_rows_arrive()
    {
        const int before = 2_000;
        Store.Append([.. Enumerable.Range(0, before).Select(index => Rows.Of(Clock, $"n{index}.example"))]);
        using var stop = new CancellationTokenSource();
        var arriving = Task.Run(() =>
        {
            for (var index = 0; !stop.IsCancellationRequested; index++)
                Store.Append([Rows.Of(Clock, $"late{index}.example")]);
        });

        Assert.True(SpinWait.SpinUntil(() => Store.Totals().Kept > before, TimeSpan.FromSeconds(30)));

        var seen = new List<string>();
        long? cursor = before + 1;
        while (Store.Search(new QueryLogFilter(Below: cursor, Limit: 37)) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(row => row.Name));
            cursor = page[^1].Id;
        }

        await stop.CancelAsync();
        await arriving;
        Assert.Equal(Enumerable.Range(0, before).Reverse().Select(index => $"n{index}.example"), seen);
    }
}
