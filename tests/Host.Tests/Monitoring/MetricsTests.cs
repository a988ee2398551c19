using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DnsGuard.Host.Tests.Monitoring;

/// <summary>What the running program says at <c>/metrics</c>, and everything that is written down elsewhere about it.</summary>
public sealed partial class MetricsTests(ExportedMetrics exported) : IClassFixture<ExportedMetrics>
{
    private const string Rules = "config/prometheus/dnsguard.rules.yaml";

    private readonly string _metrics = exported.Text;

    [Fact]
    public async Task Prometheus_has_nothing_to_complain_of()
    {
        var (code, said, complaints) = await Tool.RunAsync(_metrics, "promtool", "check", "metrics");

        Assert.True(code == 0 && said.Length == 0 && complaints.Length == 0, said + complaints);
    }

    [Fact]
    public async Task Prometheus_would_complain_of_a_counter_without_its_ending() =>
        Assert.Contains("_total", string.Concat(await Tool.RunAsync(_metrics.Replace("dnsguard_queries_total", "dnsguard_queries", StringComparison.Ordinal), "promtool", "check", "metrics")), StringComparison.Ordinal);

    [Theory]
    [InlineData("check", "rules", Rules)]
    [InlineData("test", "rules", "config/prometheus/dnsguard.rules.test.yaml")]
    public async Task The_alerts_are_well_formed_and_fire_when_they_should(params string[] arguments)
    {
        var (code, said, complaints) = await Tool.RunAsync("", "promtool", [.. arguments[..^1], Path.Combine(Repository.Root, arguments[^1])]);

        Assert.True(code == 0, said + complaints);
    }

    [Fact]
    public void Every_alert_has_a_case_in_which_it_fires()
    {
        var cases = Repository.Read("config/prometheus/dnsguard.rules.test.yaml");

        Assert.All(AlertName().Matches(Repository.Read(Rules)).Select(match => match.Groups[1].Value), alert => Assert.Contains($"\"{alert}\"", cases, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Rules)]
    [InlineData("config/grafana/dnsguard.json")]
    [InlineData("docs/operations.md")]
    [InlineData("docs/aws.md")]
    public void Whoever_names_a_metric_names_one_that_there_is(string file)
    {
        var names = TypeLine().Matches(_metrics).SelectMany(match => match.Groups[2].Value == "histogram" ? new[] { "", "_bucket", "_sum", "_count" }.Select(end => match.Groups[1].Value + end) : [match.Groups[1].Value]).ToHashSet();
        var named = MetricName().Matches(Repository.Read(file)).Select(match => match.Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(names));
    }

    [Fact]
    public void The_dashboard_is_one_that_Grafana_reads_and_its_labels_are_ours()
    {
        var dashboard = JsonNode.Parse(Repository.Read("config/grafana/dnsguard.json"))!;
        var panels = dashboard["panels"]!.AsArray();

        Assert.Equal(panels.Count, panels.Select(panel => (int)panel!["id"]!).Distinct().Count());
        Assert.All(panels.Where(panel => (string)panel!["type"]! != "row"), panel => Assert.NotEmpty(panel!["targets"]!.AsArray()));
        var labels = panels.SelectMany(panel => panel!["targets"]?.AsArray() ?? []).SelectMany(target => ByLabel().Matches((string)target!["expr"]!)).Select(match => match.Groups[1].Value).Distinct();
        Assert.Empty(labels.Except(["error", "le", "limit", "reason", "sink", "status", "target"]));
    }

    [Fact]
    public void Every_metric_is_told_of_in_the_manual()
    {
        var manual = Repository.Read("docs/operations.md");

        Assert.All(TypeLine().Matches(_metrics).Select(match => match.Groups[1].Value), name => Assert.Contains($"`{name}`", manual, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^# TYPE (dnsguard_[a-z0-9_]+) (\w+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\bdnsguard_[a-z0-9_]+[a-z0-9]\b")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"by \((\w+)\)")]
    private static partial Regex ByLabel();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex AlertName();
}
