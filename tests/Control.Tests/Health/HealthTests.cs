using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace DnsGuard.Control.Tests.Health;

public sealed partial class HealthTests : ControlTest
{
    [Fact]
    public async Task Probes_need_no_token_even_when_there_is_one()
    {
        using var _ = Node.With("admin");

        Assert.Equal("ok\n", (await Api.GetAsync("//livez")).Expect(HttpStatusCode.OK).Text);
        Assert.Equal("ready\n", (await Api.GetAsync("//readyz")).Expect(HttpStatusCode.OK).Text);
        (await Api.GetAsync("//metrics")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task While_it_starts_or_stops_it_is_alive_and_not_ready()
    {
        Node.Readiness.IsReady = false;

        (await Api.GetAsync("//livez")).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("//readyz")).Expect(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_target_in_trouble_is_told_and_does_not_take_the_node_away()
    {
        Node.Targets.GatewayState = "unavailable";

        Assert.Equal("ready, degraded: gateway\n", (await Api.GetAsync("//readyz")).Expect(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task The_version_and_the_revision_are_told()
    {
        var json = (await Api.GetAsync("/version")).Expect(HttpStatusCode.OK).Json;

        Assert.Matches(@"^\d+\.\d+\.\d+$", (string)json["version"]!);
        Assert.Equal(1, (int)json["revision"]!);
    }

    [Fact]
    public async Task Caches_are_flushed_when_asked()
    {
        (await Api.SendAsync("POST", "/cache:flush", null)).Expect(HttpStatusCode.NoContent);

        Assert.Equal(1, Node.Flushes);
    }

    [Fact]
    public async Task Metrics_are_text_that_Prometheus_reads()
    {
        using var meter = new Meter("DnsGuard.Tests");
        var counter = meter.CreateCounter<long>("dnsguard_tests_total", description: "A counter.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "b\"\\\nc"));
        counter.Add(4, new KeyValuePair<string, object?>("kind", "a"));
        _ = meter.CreateCounter<long>("dnsguard_tests_untouched_total", description: "Back\\slash\nand line.");
        _ = meter.CreateObservableGauge("dnsguard_tests_level", () => -1.5, description: "A gauge.");
        var histogram = meter.CreateHistogram("dnsguard_tests_seconds", description: "A histogram.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.000_3, 0.001, 0.003] });
        foreach (var value in new[] { 0.0, 0.001, 0.002, 5 })
            histogram.Record(value);
        meter.CreateHistogram<double>("dnsguard_tests_other_seconds", description: "One that leaves it to us.").Record(0.05);
        using var foreign = new Meter("Somebody.Else");
        foreign.CreateCounter<long>("foreign_total").Add(1);

        var reply = (await Api.GetAsync("//metrics")).Expect(HttpStatusCode.OK);

        Assert.StartsWith("text/plain; version=0.0.4", reply.Headers["Content-Type"], StringComparison.Ordinal);
        var samples = Parse(reply.Text);
        Assert.Equal(6, samples["dnsguard_tests_total{kind=\"a\"}"]);
        Assert.Equal(3, samples["dnsguard_tests_total{kind=\"b\\\"\\\\\\nc\"}"]);
        Assert.Equal(0, samples["dnsguard_tests_untouched_total"]);
        Assert.Equal(-1.5, samples["dnsguard_tests_level"]);
        Assert.Equal((1, 2, 3, 4, 4), (samples["dnsguard_tests_seconds_bucket{le=\"0.0003\"}"], samples["dnsguard_tests_seconds_bucket{le=\"0.001\"}"], samples["dnsguard_tests_seconds_bucket{le=\"0.003\"}"], samples["dnsguard_tests_seconds_bucket{le=\"+Inf\"}"], samples["dnsguard_tests_seconds_count"]));
        Assert.Equal((0, 1), (samples["dnsguard_tests_other_seconds_bucket{le=\"0.01\"}"], samples["dnsguard_tests_other_seconds_bucket{le=\"0.1\"}"]));
        Assert.Equal(5.003, samples["dnsguard_tests_seconds_sum"], 9);
        Assert.DoesNotContain(samples.Keys, key => key.StartsWith("foreign", StringComparison.Ordinal));
    }

    // The exposition format 0.0.4, as strict as Prometheus' own reader where ours could go wrong.
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var samples = new Dictionary<string, double>();
        var (described, family) = (new HashSet<string>(), "");
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                family = help.Groups[1].Value;
                Assert.True(described.Add(family), $"{family} is described twice");
                continue;
            }

            if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.Equal(family, type.Groups[1].Value);
                continue;
            }

            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, line);
            Assert.StartsWith(family, sample.Groups[1].Value, StringComparison.Ordinal);
            var value = sample.Groups[4].Value switch { "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, var number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture) };
            Assert.True(samples.TryAdd(sample.Groups[1].Value + sample.Groups[2].Value, value), $"{line} stands twice");
        }

        return samples;
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)*$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^""\\\n]|\\[\\""n])*""(,[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^""\\\n]|\\[\\""n])*"")*\})? (\+Inf|-Inf|NaN|-?[0-9.]+(?:E[+-]?[0-9]+)?)$")]
    private static partial Regex SampleLine();
}
