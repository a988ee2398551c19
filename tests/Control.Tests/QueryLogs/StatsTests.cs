using System.Net;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Store.Tests.QueryLogs;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests.QueryLogs;

/// <summary>Sums, exports, and what is blocked now, as the API tells them.</summary>
public sealed class StatsTests : ControlTest
{
    [Fact]
    public async Task The_summary_says_what_the_rows_say()
    {
        Fill();
        var summary = (await Api.GetAsync("/stats/summary")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((7, 4, 3), ((int)summary["queries"]!, (int)summary["allowed"]!, (int)summary["blocked"]!));
        Assert.Equal((await Api.GetAsync("/query-log")).Items.Count, (int)summary["rows"]!);
        Assert.Equal((2, 3, 7), ((int)summary["clients"]!, (int)summary["names"]!, (int)summary["kept"]!));
        Assert.Equal(3, (int)(await Api.GetAsync("/stats/summary?client=10.0.3.2")).Json["queries"]!);
        // Who does not say since when means the last day.
        Node.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(0, (int)(await Api.GetAsync("/stats/summary")).Json["queries"]!);
        Assert.Equal(7, (int)(await Api.GetAsync("/stats/summary?since=2026-01-01T00:00:00Z")).Json["queries"]!);
    }

    [Fact]
    public async Task Over_time_every_query_stands_in_its_step()
    {
        Fill();
        Node.Clock.Advance(TimeSpan.FromMinutes(10));
        Node.QueryLog.Append([Row("api.example.com")]);
        var series = (await Api.GetAsync("/stats/timeseries?step=5m")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(300, (int)series["step"]!);
        Assert.Equal(["2026-01-01T00:00:00+00:00 4 3", "2026-01-01T00:10:00+00:00 1 0"], series["points"]!.AsArray().Select(point => $"{point!["at"]} {point["allowed"]} {point["blocked"]}"));
    }

    [Theory]
    [InlineData("name", "api.example.com 4, www.shop.example.org 2, gist.github.com 1")]
    [InlineData("domain", "example.com 4, example.org 2, github.com 1")]
    [InlineData("client", "10.0.3.1 4, 10.0.3.2 3")]
    [InlineData("reason", "allowRule 4, noRule 3")]
    [InlineData("group", "build 7")]
    public async Task The_largest_by(string by, string expected)
    {
        Fill();
        var items = (await Api.GetAsync($"/stats/top?by={by}")).Expect(HttpStatusCode.OK).Items;
        Assert.Equal(expected, string.Join(", ", items.Select(item => $"{item!["key"]} {item["queries"]}")));
    }

    [Fact]
    public async Task What_was_blocked_just_now_is_there_once_for_each_name_and_says_whether_it_is_allowed_by_now()
    {
        Fill();
        (await Api.EditAsync("POST", "/groups/build/rules", """{"allow":"www.shop.example.org"}""")).Expect(HttpStatusCode.Created);
        var items = (await Api.GetAsync("/stats/recent-blocked")).Expect(HttpStatusCode.OK).Items;
        Assert.Equal(["gist.github.com 1 False", "www.shop.example.org 2 True"], items.Select(item => $"{item!["name"]} {item["queries"]} {(bool)item["allowedNow"]!}"));
        Assert.Equal([false, true], (await Api.GetAsync("/query-log?outcome=blocked")).Items.Select(row => (bool)row!["allowedNow"]!).Distinct());
    }

    [Fact]
    public async Task The_request_that_a_blocked_client_was_told_finds_its_row()
    {
        Fill();
        Assert.True(DomainName.TryParse("gist.github.com", out var name));
        var request = RequestId.Of(Node.Clock.GetUtcNow().ToUnixTimeMilliseconds(), name.Octets, RecordType.A, Addresses.Of("10.0.3.2"));
        Node.Clock.Advance(TimeSpan.FromDays(3));
        var row = Assert.Single((await Api.GetAsync($"/query-log?request={request.ToString().ToUpperInvariant()}")).Expect(HttpStatusCode.OK).Items);
        Assert.Equal(("gist.github.com", request.ToString()), ((string)row!["name"]!, (string)row["request"]!));
    }

    [Theory]
    [InlineData("ndjson", 4)]
    [InlineData("csv", 5)]
    [InlineData("route53", 4)]
    public async Task An_export_has_every_row_that_the_filter_lets_through(string format, int lines)
    {
        Fill();
        var reply = (await Api.GetAsync($"/query-log:export?format={format}")).Expect(HttpStatusCode.OK);
        Assert.Equal(lines, reply.Text.TrimEnd('\n').Split('\n').Length);
        Assert.StartsWith("attachment; filename=", reply.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.Equal(2, (await Api.GetAsync("/query-log:export?outcome=blocked&name=.org")).Text.TrimEnd('\n').Split('\n').Length);
        (await Api.GetAsync("/query-log:export?format=pdf")).Expect(HttpStatusCode.UnprocessableEntity, "bad-value");
    }

    [Fact]
    public async Task A_long_export_is_whole()
    {
        Node.QueryLog.Append([.. Enumerable.Range(0, 4_500).Select(index => Row($"n{index}.example"))]);
        var names = (await Api.GetAsync("/query-log:export?format=csv")).Text.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(',')[6]);
        Assert.Equal(Enumerable.Range(0, 4_500).Reverse().Select(index => $"n{index}.example"), names);
    }

    [Fact]
    public async Task A_name_that_a_spreadsheet_would_run_is_written_as_text()
    {
        Node.QueryLog.Append([Row("=cmd.example")]);
        Assert.Contains(",'=cmd.example,", (await Api.GetAsync("/query-log:export?format=csv")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shape_of_Route_53_is_what_its_readers_expect()
    {
        Node.QueryLog.Append([Row("api.example.com") with { Addresses = "192.0.2.1", Outcome = Outcome.Blocked }]);
        var line = System.Text.Json.Nodes.JsonNode.Parse((await Api.GetAsync("/query-log:export?format=route53")).Text)!;
        Assert.Equal(("1.100000", "2026-01-01T00:00:00Z", "api.example.com.", "A", "IN", "NOERROR", "10.0.3.1", "UDP", "BLOCK"), ((string)line["version"]!, (string)line["query_timestamp"]!, (string)line["query_name"]!, (string)line["query_type"]!, (string)line["query_class"]!, (string)line["rcode"]!, (string)line["srcaddr"]!, (string)line["transport"]!, (string)line["firewall_rule_action"]!));
        Assert.Equal("192.0.2.1", (string)line["answers"]![0]!["Rdata"]!);
    }

    [Theory]
    [InlineData("/stats/top?by=colour", "bad-value")]
    [InlineData("/stats/timeseries?step=often", "bad-duration")]
    [InlineData("/stats/summary?client=me", "bad-address")]
    public async Task What_makes_no_sense_is_refused(string path, string code) => (await Api.GetAsync(path)).Expect(HttpStatusCode.UnprocessableEntity, code);

    private void Fill() => Node.QueryLog.Append(
    [
        Row("api.example.com") with { Count = 4 },
        Blocked("www.shop.example.org", "10.0.3.2"),
        Blocked("www.shop.example.org", "10.0.3.2") with { Type = RecordType.AAAA },
        Blocked("gist.github.com", "10.0.3.2"),
    ]);

    private QueryLogRow Blocked(string name, string client)
    {
        Node.Clock.Advance(TimeSpan.FromSeconds(1));
        return Row(name, client) with { Outcome = Outcome.Blocked, Reason = VerdictReason.NoRule, ResponseCode = ResponseCode.NameError, Rule = null };
    }

    private QueryLogRow Row(string name, string client = "10.0.3.1") => Rows.Of(Node.Clock, name, client);
}
