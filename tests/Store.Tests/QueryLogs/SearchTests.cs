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
        { "clients 10.0.0.0/30", "f d c b a" },
        { "clients 10.0.0.2/31", "b" },
        { "clients 2001:db8::/32", "e" },
        { "clients 192.0.2.0/24", "" },
        { "is a.example.com", "a" },
        { "is example.com", "" },
        { "within example.com", "f e d c b a" },
        { "within c.example.com", "c" },
        { "within xample.com", "" },
        { "above 4", "f e" },
        { "above 6", "" },
        { "rule github", "f e d b a" },
        { "rule other/", "c" },
        { "revision 9", "f" },
        { "transport Tls", "b" },
        { "code NameError", "c" },
        { "error 15", "c" },
        { "source Cache", "d" },
        { "address 192.0.2.7", "a" },
        { "address 2001:db8::7", "a" },
        { "address 192.0.2.8", "" },
        { "alias x.exam", "a" },
        { "alias nothing", "" },
        { "slow 900", "e" },
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
                'a' => row with { Addresses = "192.0.2.6 192.0.2.7 2001:db8::7", Aliases = "y.example x.example" },
                'b' => row with { Client = Addresses.Of("10.0.0.2"), Transport = QueryTransport.Tls },
                'c' => row with { Group = "guests", Outcome = Outcome.Blocked, Rule = "other/r-1", ResponseCode = ResponseCode.NameError, ExtendedError = 15 },
                'd' => row with { Type = RecordType.AAAA, Source = AnswerSource.Cache },
                'e' => row with { Client = Addresses.Of("2001:db8::2"), Group = null, DurationMicroseconds = 900 },
                'f' => row with { Reason = VerdictReason.DenyRule, Revision = 9, Addresses = "192.0.2.77" },
                _ => row,
            }]);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var value = filter.Contains(' ', StringComparison.Ordinal) ? filter.Split(' ')[1] : "";
        var asked = filter.Split(' ')[0] switch
        {
            "client" => new QueryLogFilter(Clients: AddressRange.Of(Addresses.Of(value))),
            "group" => new QueryLogFilter(Group: value),
            "type" => new QueryLogFilter(Type: Enum.Parse<RecordType>(value)),
            "outcome" => new QueryLogFilter(Outcome: Enum.Parse<Outcome>(value)),
            "reason" => new QueryLogFilter(Reason: Enum.Parse<VerdictReason>(value)),
            "name" => new QueryLogFilter(Name: value),
            "since" => new QueryLogFilter(Since: start.AddSeconds(value[0] - '0')),
            "until" => new QueryLogFilter(Until: start.AddSeconds(value[0] - '0')),
            "below" => new QueryLogFilter(Below: value[0] - '0'),
            "clients" => new QueryLogFilter(Clients: AddressRange.Parse(value)),
            "is" => new QueryLogFilter(Name: value) { NameMatch = NameMatch.Is },
            "within" => new QueryLogFilter(Name: value) { NameMatch = NameMatch.Within },
            "above" => new QueryLogFilter { Above = value[0] - '0' },
            "rule" => new QueryLogFilter { Rule = value },
            "revision" => new QueryLogFilter { Revision = value[0] - '0' },
            "transport" => new QueryLogFilter { Transport = Enum.Parse<QueryTransport>(value) },
            "code" => new QueryLogFilter { ResponseCode = Enum.Parse<ResponseCode>(value) },
            "error" => new QueryLogFilter { ExtendedError = 15 },
            "source" => new QueryLogFilter { Source = Enum.Parse<AnswerSource>(value) },
            "address" => new QueryLogFilter { Address = Addresses.Of(value) },
            "alias" => new QueryLogFilter { Alias = value },
            "slow" => new QueryLogFilter { MinDuration = 900 },
            "limit" => new QueryLogFilter(Limit: value[0] - '0'),
            "all" => new QueryLogFilter(AddressRange.Of(Addresses.Of("10.0.0.1")), "build", "d.", RecordType.AAAA, Outcome.Allowed, start.AddSeconds(3), start.AddSeconds(4), 5, 1),
            _ => new QueryLogFilter(),
        };
        Assert.Equal(expected, string.Join(' ', Store.Search(asked).Select(row => row.Name[0])));
    }

    [Fact]
    public void A_dot_within_a_label_is_no_end_of_one()
    {
        Store.Append([Rows.Of(Clock, "a\\.example.com"), Rows.Of(Clock, "a.example.com"), Rows.Of(Clock, "a\\\\.example.com"), Rows.Of(Clock, "example.com")]);
        var found = Store.Search(new QueryLogFilter(Name: "example.com") { NameMatch = NameMatch.Within });
        Assert.Equal(["example.com", "a\\\\.example.com", "a.example.com"], found.Select(row => row.Name));
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
