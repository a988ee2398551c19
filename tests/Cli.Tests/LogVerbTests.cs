using System.Text.Json.Nodes;
using DnsGuard.Control.Tests;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Store.Tests.QueryLogs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Cli.Tests;

/// <summary>The query log from the command line, of a real server.</summary>
public sealed class LogVerbTests : CommandLine
{
    [Fact]
    public async Task Every_filter_lets_exactly_its_rows_through()
    {
        Fill();
        // The names that are let through, and the filter.
        string[][] cases =
        [
            ["n5 n4 n3 n2 n1"],
            ["n2", "--client", "10.0.4.2"],
            ["n2", "--client", "10.0.4.0/24"],
            ["n3", "-g", "guests"],
            ["n4", "--type", "AAAA"],
            ["n5", "--outcome", "blocked"],
            ["n5", "--reason", "noRule"],
            ["n5", "--response-code", "NXDOMAIN"],
            ["n5 n3 n2 n1", "--type", "A"],
            ["n1", "--name", "=n1.example"],
            ["n5 n4 n3 n2 n1", "--name", ".example"],
            ["n4", "--transport", "tls"],
            ["n3", "--min-duration", "500"],
            ["n2", "--address", "192.0.2.2"],
            ["n4", "--alias", "cdn"],
            ["n2", "--source", "upstream"],
            ["n1", "--revision", "7"],
            ["n5", "--extended-error", "15"],
            ["n4", "--rule", "other"],
            ["n5 n4", "--since", "2026-01-01T00:00:04Z"],
            ["n2 n1", "--until", "2026-01-01T00:00:03Z"],
            ["n5 n4", "-n", "2"],
            ["", "-n", "0"],
            ["", "--since", "1s"],
        ];
        foreach (var line in cases)
        {
            var outcome = await RunAsync(["log", "-o", "name", .. line[1..]]);
            Assert.Equal((0, ""), (outcome.Code, outcome.Error));
            Assert.Equal(string.Join(' ', line), string.Join(' ', [string.Join(' ', outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Split('.')[0])), .. line[1..]]));
        }
    }

    [Fact]
    public async Task More_rows_than_one_page_has_are_read_over_several_without_a_gap()
    {
        Node.QueryLog.Append(Enumerable.Range(1, 2_500).Select(index => Row($"m{index}.example", index / 10_000d)));

        var names = (await RunAsync("log", "-n", "2300", "-o", "name")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2_300, names.Length);
        Assert.Equal(2_300, names.Distinct().Count());
        Assert.Equal("m2500.example", names[0]);
    }

    [Fact]
    public async Task An_export_is_every_row_in_the_form_that_was_asked_for()
    {
        Fill();

        var csv = (await RunAsync("log", "--export", "csv", "--type", "A")).Out.TrimEnd('\n').Split('\n');
        Assert.Equal(5, csv.Length);
        Assert.StartsWith("id,at,count,client,", csv[0], StringComparison.Ordinal);

        var rows = (await RunAsync("log", "--export", "ndjson")).Out.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(5, rows.Count);
        Assert.All((await RunAsync("log", "--export", "route53")).Out.TrimEnd('\n').Split('\n'), line => Assert.Equal("IN", (string)JsonNode.Parse(line)!["query_class"]!));
    }

    [Fact]
    public async Task Statistics_count_what_the_log_has()
    {
        Fill();

        var summary = JsonNode.Parse((await RunAsync("stats", "summary", "--since", "2026-01-01T00:00:00Z", "--until", "2026-01-02T00:00:00Z", "-o", "json")).Out)!;
        Assert.Equal((5, 4, 1), ((int)summary["queries"]!, (int)summary["allowed"]!, (int)summary["blocked"]!));

        string[] window = ["--since", "2026-01-01T00:00:00Z", "--until", "2026-01-02T00:00:00Z"];
        Assert.StartsWith("TYPE\tQUERIES\tLAST\nA\t4\t", (await RunAsync(["stats", "top", "--by", "type", .. window])).Out, StringComparison.Ordinal);
        Assert.Contains("\tbuild\tn5.example\tA\t1\t1\tnoRule\tblocked\n", (await RunAsync(["stats", "blocked", .. window])).Out, StringComparison.Ordinal);
        var timeline = await RunAsync(["stats", "timeline", "--step", "1h", .. window]);
        Assert.Equal("TIME\tALLOWED\tAUDITED\tBLOCKED\tREFUSED\n2026-01-01 00:00:00Z\t4\t0\t1\t0\n", timeline.Out);
    }

    [Fact]
    public async Task A_filter_that_makes_no_sense_is_told_by_the_server_with_its_cure()
    {
        var outcome = await RunAsync("log", "--client", "nonsense");

        Assert.Equal((2, ""), (outcome.Code, outcome.Out));
        Assert.Contains("such as 10.0.3.7", outcome.Error, StringComparison.Ordinal);
    }

    private void Fill() => Node.QueryLog.Append(
    [
        Row("n1.example", 1) with { Revision = 7 },
        Row("n2.example", 2) with { Client = Addresses.Of("10.0.4.2"), Addresses = "192.0.2.2", Source = AnswerSource.Upstream },
        Row("n3.example", 3) with { Group = "guests", DurationMicroseconds = 600_000 },
        Row("n4.example", 4) with { Type = RecordType.AAAA, Transport = QueryTransport.Tls, Rule = "other", Aliases = "x.cdn.example" },
        Row("n5.example", 5) with { Outcome = Policy.Decisions.Outcome.Blocked, Reason = VerdictReason.NoRule, ResponseCode = ResponseCode.NameError, Rule = null, ExtendedError = 15, Source = AnswerSource.None },
    ]);

    private static QueryLogRow Row(string name, double second) => new()
    {
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second),
        Client = Addresses.Of("10.0.3.7"),
        Group = "build",
        Name = name,
        Type = RecordType.A,
        Outcome = Policy.Decisions.Outcome.Allowed,
        Reason = VerdictReason.AllowRule,
        Rule = "api",
        Revision = 3,
        ExtendedError = -1,
        Source = AnswerSource.Cache,
        Addresses = "192.0.2.1",
        DurationMicroseconds = 120,
    };
}
