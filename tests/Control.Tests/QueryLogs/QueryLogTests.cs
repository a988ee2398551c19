using System.Net;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Store.Tests.QueryLogs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests.QueryLogs;

public sealed class QueryLogTests : ControlTest
{
    [Theory]
    [InlineData("", "6 5 4 3 2 1")]
    [InlineData("?client=10.0.3.2", "2")]
    [InlineData("?client=2001%3Adb8%3A%3A2", "3")]
    [InlineData("?group=guests", "4")]
    [InlineData("?type=aaaa", "5")]
    [InlineData("?type=TYPE28", "5")]
    [InlineData("?outcome=blocked", "6")]
    [InlineData("?outcome=Blocked", "6")]
    [InlineData("?name=N3.EXAMPLE", "3")]
    [InlineData("?name=.example", "6 5 4 3 2 1")]
    [InlineData("?name=%25", "")]
    [InlineData("?name=%27%3B--", "")]
    [InlineData("?since=2026-01-01T00:00:04Z", "6 5")]
    [InlineData("?until=2026-01-01T00:00:01Z", "1")]
    [InlineData("?since=2026-01-01T01:00:04%2B01:00", "6 5")]
    [InlineData("?client=10.0.3.0/31", "6 5 4 1")]
    [InlineData("?name=%3Dn3.example", "3")]
    [InlineData("?name=.n3.example.", "3")]
    [InlineData("?responseCode=nxdomain", "6")]
    [InlineData("?responseCode=RCODE3", "6")]
    [InlineData("?cursor=3", "2 1")]
    [InlineData("?limit=2", "6 5")]
    [InlineData("?limit=0", "6")]
    [InlineData("?limit=-5", "6")]
    [InlineData("?limit=1000000", "6 5 4 3 2 1")]
    [InlineData("?group=build&outcome=allowed&type=A&until=2026-01-01T00:00:02Z&client=10.0.3.1", "1")]
    public async Task A_filter_lets_exactly_its_rows_through(string query, string expected)
    {
        for (var index = 1; index <= 6; index++)
        {
            var row = Row($"n{index}.example");
            Node.QueryLog.Append([index switch
            {
                2 => row with { Client = Addresses.Of("10.0.3.2") },
                3 => row with { Client = Addresses.Of("2001:db8::2") },
                4 => row with { Group = "guests" },
                5 => row with { Type = RecordType.AAAA },
                6 => row with { Outcome = Outcome.Blocked, ResponseCode = ResponseCode.NameError, Rule = null },
                _ => row,
            }]);
            Node.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(expected, string.Join(' ', (await Api.GetAsync($"/query-log{query}")).Expect(HttpStatusCode.OK).Items.Select(row => row!["id"])));
    }

    [Theory]
    [InlineData("?client=10.0.3.1/24", "bad-address")]
    [InlineData("?address=10.0.3.0/24", "bad-address")]
    [InlineData("?transport=pigeon", "bad-value")]
    [InlineData("?source=1", "bad-value")]
    [InlineData("?responseCode=NOPE", "bad-value")]
    [InlineData("?request=short", "bad-request-id")]
    [InlineData("?client=me", "bad-address")]
    [InlineData("?type=X", "bad-type")]
    [InlineData("?outcome=good", "bad-value")]
    [InlineData("?outcome=1", "bad-value")]
    public async Task A_filter_that_makes_no_sense_is_refused(string query, string code) =>
        (await Api.GetAsync($"/query-log{query}")).Expect(HttpStatusCode.UnprocessableEntity, code);

    [Fact]
    public async Task A_row_is_shown_in_words()
    {
        Node.QueryLog.Append([Row("a\\000\\.b.example") with { Count = 3, Transport = QueryTransport.Tcp, ExtendedError = 15, Source = AnswerSource.Upstream, Addresses = "192.0.2.1 2001:db8::1", Aliases = "x.example", DurationMicroseconds = 5, HoldMicroseconds = 2 }]);

        var reply = await Api.GetAsync("/query-log");

        Assert.Equal(
            """{"id":1,"at":"2026-01-01T00:00:00+00:00","count":3,"client":"10.0.3.1","group":"build","transport":"tcp","name":"a\\000\\.b.example","type":"A","outcome":"allowed","reason":"allowRule","rule":"build/api","revision":1,"responseCode":"NOERROR","extendedError":15,"source":"upstream","addresses":["192.0.2.1","2001:db8::1"],"aliases":["x.example"],"durationMicroseconds":5,"holdMicroseconds":2}""",
            reply.Items.Single()!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Null(reply.Json["nextCursor"]);
    }

    [Fact]
    public async Task Pages_neither_skip_nor_repeat_while_rows_arrive()
    {
        Node.QueryLog.Append([.. Enumerable.Range(0, 250).Select(index => Row($"n{index}.example"))]);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Api.GetAsync($"/query-log?limit=30{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Items.Select(row => (string)row!["name"]!));
            cursor = (string?)page.Json["nextCursor"];
            Node.QueryLog.Append([Row("late.example")]);
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(index => $"n{index}.example"), seen);
    }

    private QueryLogRow Row(string name) => new()
    {
        At = Node.Clock.GetUtcNow(),
        Client = Addresses.Of("10.0.3.1"),
        Group = "build",
        Name = name,
        Type = RecordType.A,
        Outcome = Outcome.Allowed,
        Reason = VerdictReason.AllowRule,
        Rule = "build/api",
        Revision = 1,
    };
}
